/// A part of a Transformer whose nodes can be left out of quantization together.
public enum NodeGroup: String, Sendable, Hashable, Codable, CaseIterable {
  /// Layer normalization: the fused node, or the nodes that spell it out.
  case layernorm
  /// GELU, with erf or tanh: the fused node, or the nodes that spell it out.
  case gelu
  /// Every Add that closes a skip connection.
  case residual
  /// Every Add that reads the output of a Gather.
  case gather
  /// Every Add whose sum a Softmax reads: the attention mask.
  case softmax

  /// What the group consists of, in the words of a message.
  var meaning: String {
    switch self {
    case .layernorm: "layer normalizations"
    case .gelu: "GELUs"
    case .residual: "Adds that close a skip connection"
    case .gather: "Adds that read a Gather"
    case .softmax: "Adds that a Softmax reads, such as a mask's"
    }
  }
}

/// An operator that can be quantized.
public enum QuantizedOperator: String, Sendable, Hashable, Codable, CaseIterable {
  /// MatMul, and Gemm where it is a MatMul and an Add.
  case matMul = "MatMul"
  /// Add.
  case add = "Add"
}
