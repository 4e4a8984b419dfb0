/// Which nodes a name, a glob pattern or a regular expression means.
public struct NodeSelector: Sendable, Hashable {
  private enum Form: Hashable, Sendable {
    case exact
    case glob
    case regex
  }

  /// The selector as it was written.
  public let text: String
  private let form: Form

  /// Reads a selector.
  ///
  /// - `/…/`, with something between the slashes: a regular expression, found anywhere in the name;
  /// - with `*`, `?` or `[`: a glob pattern for the whole name, where `*` is any run of characters
  ///   (slashes too), `?` any one, `[a-c]` one of a set and `[!a-c]` one outside it;
  /// - otherwise the name itself.
  ///
  /// A name that holds such characters is meant by its exact text as well.
  ///
  /// - Throws: ``QuantizationError/invalidPattern(_:reason:)``.
  public init(_ text: String) throws(QuantizationError) {
    self.text = text
    guard !text.isEmpty else {
      throw .invalidPattern(text, reason: "it is empty")
    }
    if text.count > 2, text.first == "/", text.last == "/" {
      form = .regex
      _ = try Self.expression(text)
    } else if text.contains(where: { "*?[".contains($0) }) {
      form = .glob
    } else {
      form = .exact
    }
  }

  /// Which of `names` are meant, by index.
  public func matches(in names: [String]) -> [Int] {
    switch form {
    case .exact:
      return names.indices.filter { names[$0] == text }
    case .glob:
      let pattern = GlobPattern(text)
      return names.indices.filter { names[$0] == text || pattern.matches(names[$0]) }
    case .regex:
      guard let expression = try? Self.expression(text) else { return [] }
      return names.indices.filter {
        names[$0] == text || names[$0].firstMatch(of: expression) != nil
      }
    }
  }

  private static func expression(
    _ text: String
  ) throws(QuantizationError) -> Regex<AnyRegexOutput> {
    do {
      return try Regex(String(text.dropFirst().dropLast()))
    } catch {
      throw .invalidPattern(text, reason: "\(error)")
    }
  }
}

extension NodeSelector: CustomStringConvertible {
  /// The selector as it was written.
  public var description: String { text }
}
