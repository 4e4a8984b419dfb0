/// Why an operator can't be computed on the tensors that it was given.
public enum KernelError: Error, Sendable, Equatable {
  /// The operator's own rules forbid it: shapes that do not broadcast, an axis out of range.
  case invalid(String)
  /// ONNX allows it, this library does not do it.
  case unsupported(String)
}

extension KernelError: CustomStringConvertible {
  /// The fault in words.
  public var description: String {
    switch self {
    case .invalid(let why): why
    case .unsupported(let what): "unsupported: \(what)"
    }
  }
}
