import OnnxParse

/// Why a model can't be quantized as asked.
public enum QuantizationError: Error, Sendable, Equatable {
  /// The model imports no operator set of ONNX's own.
  case noOperatorSet
  /// The model's operator set is older than `DynamicQuantizeLinear`.
  case operatorSetTooOld(found: Int64)
  /// A pattern for node names that is not valid.
  case invalidPattern(String, reason: String)
  /// A choice for a node that the main graph of the model does not have.
  case unknownNode(String)
  /// A choice for a node that can't be kept to.
  case impossibleChoice(node: String, reason: String)
  /// Nodes of one name that differ in what is done to them.
  case ambiguousName(String)
  /// A constant that has to be read can't be.
  case model(OnnxError)
}

extension QuantizationError: CustomStringConvertible {
  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .noOperatorSet:
      "the model imports no ONNX operator set (domain \"\"), so its operators have no meaning; "
        + "export it again"
    case .operatorSetTooOld(let found):
      "the model uses opset \(found), and dynamic quantization needs opset 11 "
        + "(DynamicQuantizeLinear); export it again with opset 11 or later"
    case .invalidPattern(let pattern, let reason):
      "the node pattern \"\(pattern)\" is not valid: \(reason)"
    case .unknownNode(let name):
      "node \"\(name)\": the main graph of the model has no node of this name"
    case .impossibleChoice(let node, let reason):
      "node \"\(node)\": \(reason)"
    case .ambiguousName(let name):
      "node \"\(name)\": not the same is done to all nodes of this name"
    case .model(let error):
      error.description
    }
  }
}
