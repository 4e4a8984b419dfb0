import OnnxParse

/// Why a model can't be compiled or run.
public struct EngineError: Error, Sendable, Equatable {
  /// The kinds of fault.
  public enum Kind: Sendable, Equatable {
    /// The engine does not have this operator, version, type or attribute.
    case unsupported(String)
    /// The model contradicts ONNX's rules for an operator.
    case invalid(String)
    /// An input that the caller gave does not fit the model.
    case input(String)
    /// Running the model needs so many bytes of memory, more than `limit`.
    case memory(needed: Int, limit: Int)
  }

  /// What went wrong.
  public let kind: Kind
  /// The node, such as `node "/vit/MatMul" (MatMul)`; nil where no node is at fault.
  public let node: String?
  /// The model's file, where one is known.
  public var file: String?

  /// An error of `kind` at `node` in `file`.
  public init(_ kind: Kind, node: String? = nil, file: String? = nil) {
    self.kind = kind
    self.node = node
    self.file = file
  }
}

extension EngineError: CustomStringConvertible {
  /// One line: file, node, fault.
  public var description: String {
    let fault =
      switch kind {
      case .unsupported(let what): "unsupported: \(what)"
      case .invalid(let why): "invalid: \(why)"
      case .input(let why): why
      case .memory(let needed, let limit):
        "\(Self.size(needed)) of memory are needed, more than the \(Self.size(limit)) that may be "
          + "used; give smaller inputs"
      }
    return [file, node?.shortened(to: 200), fault.shortened(to: 600)].compactMap { $0 }
      .joined(separator: ": ").escapingControlCharacters
  }

  /// Such as `12.4 GB`, or `3 MB` below a tenth of a gigabyte.
  private static func size(_ bytes: Int) -> String {
    let tenths = bytes / 100_000_000
    return tenths > 0 ? "\(tenths / 10).\(tenths % 10) GB" : "\((bytes + 999_999) / 1_000_000) MB"
  }
}
