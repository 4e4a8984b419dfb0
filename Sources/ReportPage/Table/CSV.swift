/// Comma separated values as RFC 4180 has them: lines end in CR LF, and a field that holds a comma, a
/// quote or the end of a line stands in quotes, with its own quotes doubled.
public enum CSV {
  /// The text of `rows` under `header`.
  public static func text(header: [String], rows: [[String]]) -> String {
    ([header] + rows).map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    // Bytes, since CR LF is one character to Swift.
    let special = text.utf8.contains { byte in
      [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains(byte)
    }
    if !special { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
