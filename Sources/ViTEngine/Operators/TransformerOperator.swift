import ViTKernel

/// Operators of transformers: attention, rotary embedding, normalisations, and what ONNX Runtime's
/// optimiser fuses.
///
/// Most stand for several others, which ``expand(in:)`` tells: their shapes, their results and their
/// kernels are those of the operators that they expand to.
enum TransformerOperator: OperatorGroup {
  /// RMSNormalization, and SimplifiedLayerNormalization, which has the reciprocal roots as well.
  case rmsNormalization(axis: Int, epsilon: Float)
  /// Inputs: x, cosines, sines, positions?
  case rotaryEmbedding(RotaryParameters)
  /// What ONNX's Attention adds to its scores. Inputs: mask?, lengths of the keys?
  case attentionBias(AttentionBias)
  /// What com.microsoft's attention adds to its scores. Inputs: mask?
  case paddingBias(PaddingBias)
  case linearAttention(LinearAttentionParameters)
  case causalConvolution(swish: Bool)

  /// ONNX's Attention.
  case attention(AttentionParameters)
  /// com.microsoft's Attention.
  case packedAttention(PackedAttentionParameters)
  case multiHeadAttention(MultiHeadParameters)
  /// com.microsoft's RotaryEmbedding. Inputs: x, positions, cosines, sines
  case contributedRotary(RotaryParameters)
  /// Gelu of x + bias. Inputs: x, bias
  case biasGelu(GeluApproximation)
  case swiGLU(alpha: Float)
  /// SkipLayerNormalization and SkipSimplifiedLayerNormalization.
  case skipNormalization(SkipParameters)
  case fusedMatMul(FusedMatMulParameters)
  case fusedGemm(GemmParameters, FusedActivation?)
  case fusedConv(ConvParameters, FusedActivation?)

  /// True where the operator stands for several others.
  var isExpanded: Bool {
    switch self {
    case .rmsNormalization, .rotaryEmbedding, .attentionBias, .paddingBias, .linearAttention,
      .causalConvolution:
      false
    default: true
    }
  }

  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {
    case .rmsNormalization(let axis, _): return try normalization(inputs, axis: axis)
    case .rotaryEmbedding(let parameters):
      let shape = try inputs.shape(0)
      _ = try RotaryShape(
        parameters, x: shape, cosines: try inputs.shape(1), sines: try inputs.shape(2),
        positions: inputs.optionalShape(3))
      return [ResultType(type: try inputs.type(0), shape: shape)]
    case .attentionBias(let bias):
      let shape = try ShapeRules.attentionBias(
        bias, mask: inputs.optionalShape(0), validKeys: inputs.optionalShape(1))
      return [ResultType(type: .float32, shape: shape)]
    case .paddingBias(let bias):
      let shape = try ShapeRules.paddingBias(bias, mask: inputs.optionalShape(0))
      return [ResultType(type: .float32, shape: shape)]
    case .linearAttention(let parameters):
      let (type, shapes) = (
        try inputs.type(0),
        try ShapeRules.linearAttention(
          query: try inputs.shape(0), key: try inputs.shape(1), value: try inputs.shape(2),
          parameters)
      )
      return [
        ResultType(type: type, shape: shapes.output), ResultType(type: type, shape: shapes.state),
      ]
    case .causalConvolution:
      let (type, shapes) = (
        try inputs.type(0),
        try ShapeRules.causalConvolution(
          try inputs.shape(0), weight: try inputs.shape(1), bias: inputs.optionalShape(2),
          state: inputs.optionalShape(3))
      )
      return [
        ResultType(type: type, shape: shapes.output), ResultType(type: type, shape: shapes.state),
      ]
    default: return try expandedResults(inputs)
    }
  }

  private func normalization(
    _ inputs: NodeInputs, axis: Int
  ) throws(KernelError) -> [ResultType] {
    let shape = try inputs.shape(0)
    _ = try ShapeRules.broadcast(try inputs.shape(1), to: shape)
    let statistics = try ShapeRules.layerNormalizationStatistics(shape, axis: axis)
    return [
      ResultType(type: try inputs.type(0), shape: shape),
      ResultType(type: .float32, shape: statistics),
    ]
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {
    case .rmsNormalization(let axis, let epsilon):
      let results = try Reference.rmsNormalization(
        try operands.tensor(0), scale: try operands.tensor(1), axis: axis, epsilon: epsilon)
      return [results.y, results.inverseRoot]
    case .rotaryEmbedding(let parameters):
      return [
        try Reference.rotaryEmbedding(
          try operands.tensor(0), cosines: try operands.tensor(1), sines: try operands.tensor(2),
          positions: operands.optional(3), parameters)
      ]
    case .attentionBias(let bias):
      return [
        try Reference.attentionBias(
          bias, mask: operands.optional(0), validKeys: operands.optional(1))
      ]
    case .paddingBias(let bias):
      return [try Reference.paddingBias(bias, mask: operands.optional(0))]
    case .linearAttention(let parameters):
      let results = try Reference.linearAttention(
        query: try operands.tensor(0), key: try operands.tensor(1), value: try operands.tensor(2),
        state: operands.optional(3), decay: operands.optional(4), beta: operands.optional(5),
        parameters)
      return [results.output, results.state]
    case .causalConvolution(let swish):
      let results = try Reference.causalConvolution(
        try operands.tensor(0), weight: try operands.tensor(1), bias: operands.optional(2),
        state: operands.optional(3), swish: swish)
      return [results.output, results.state]
    default: return try expandedValues(operands, outputs: outputs)
    }
  }

  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode? {
    switch self {
    case .rmsNormalization(let axis, let epsilon):
      return try lowering.rmsNormalization(node, axis: axis, epsilon: epsilon)
    case .rotaryEmbedding(let parameters): return try lowering.rotary(node, parameters)
    default: return nil
    }
  }
}

/// Attributes of com.microsoft's SkipLayerNormalization and its kin.
struct SkipParameters: Sendable {
  var epsilon: Float
  /// The mean is taken off; the operator has a beta then.
  var isCentered: Bool
}

/// Attributes of FusedMatMul.
struct FusedMatMulParameters: Sendable {
  var alpha: Float
  /// How each operand is transposed.
  var a: OperandTransposition
  var b: OperandTransposition
}

/// How FusedMatMul transposes an operand.
struct OperandTransposition: Sendable {
  /// The last two dimensions change places.
  var matrix: Bool
  /// The first dimension goes behind those of the batch, before that.
  var batch: Bool

  /// The permutation for a tensor of `rank` dimensions; nil where nothing moves.
  func permutation(rank: Int) -> [Int]? {
    guard rank >= 2, matrix || batch else { return nil }
    var axes = Array(0..<rank)
    if batch { axes = Array(axes[1..<rank - 1]) + [0, rank - 1] }
    if matrix { axes.swapAt(rank - 2, rank - 1) }
    return axes
  }
}

/// The activation of FusedGemm and FusedConv.
enum FusedActivation: Sendable {
  case unary(UnaryOperation)
  case clip(lowest: Float, highest: Float)
}
