/// What is wrong with a model file, and where.
public struct OnnxError: Error, Sendable, Equatable {
  /// The kinds of fault, each with what a person needs to know of it.
  public enum Kind: Sendable, Equatable {
    /// The file can't be opened, read or mapped; the system's own words.
    case unreadable(String)
    /// The bytes are not the protobuf encoding of a model.
    case malformed(String)
    /// The encoding nests deeper than the limit.
    case nestedTooDeep(limit: Int)
    /// The encoding is sound but what it says is not a valid model.
    case invalid(String)
    /// Valid ONNX that this library does not read.
    case unsupported(String)
    /// The file can't be written; the system's own words.
    case unwritable(String)
  }

  /// What went wrong.
  public let kind: Kind
  /// The file, where one is known.
  public var file: String?
  /// The place in the model, such as `graph.node[3] "MatMul_12"` or `byte 1024`.
  public let place: String?

  /// An error of `kind` in `file` at `place`.
  public init(_ kind: Kind, file: String? = nil, place: String? = nil) {
    self.kind = kind
    self.file = file
    self.place = place
  }
}

extension OnnxError: CustomStringConvertible {
  /// One line: file, place, fault.
  public var description: String {
    let fault =
      switch kind {
      case .unreadable(let why): "can't be read: \(why)"
      case .malformed(let why): "not a valid ONNX file: \(why)"
      case .nestedTooDeep(let limit):
        "not a valid ONNX file: messages nest deeper than \(limit) levels"
      case .invalid(let why): "invalid model: \(why)"
      case .unsupported(let what): "unsupported: \(what)"
      case .unwritable(let why): "can't be written: \(why)"
      }
    return [file, place?.shortened(to: 200), fault.shortened(to: 600)].compactMap { $0 }
      .joined(separator: ": ").escapingControlCharacters
  }
}
