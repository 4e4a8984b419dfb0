extension String {
  /// The text with control characters and line breaks written out (`\n`, `\u{1B}`), so that a name out of
  /// a file can neither break a line nor steer a terminal.
  package var escapingControlCharacters: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isControl {
        text +=
          scalar.escaped(asASCII: false) == String(scalar)
          ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
          : scalar.escaped(asASCII: false)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension String {
  /// The text without its middle where it has more than `limit` characters: names in a file can be of any
  /// length.
  package func shortened(to limit: Int) -> String {
    count <= limit ? self : prefix(limit / 2) + " ... " + suffix(limit / 2)
  }
}

extension Unicode.Scalar {
  /// Control characters, and those that separate lines or turn the direction of text.
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
  }
}
