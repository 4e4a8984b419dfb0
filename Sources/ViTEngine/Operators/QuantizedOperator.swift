import ViTKernel

/// Operators over quantized tensors beside QuantizeLinear and its kin.
///
/// A tensor comes as three inputs: bytes, scale and zero point.
enum QuantizedOperator: OperatorGroup {
  /// Inputs: a (3), b (3), scale and zero point of the result.
  case qLinearMatMul
  /// Inputs: x (3), weight (3), scale and zero point of the result, int32 bias?. The channels of x and
  /// of the result may be the last axis, those of the weight not.
  case qLinearConv(ConvParameters, channelsLast: Bool)
  /// Inputs: x, weight, their zero points?
  case convInteger(ConvParameters)
  /// QLinearAdd, QLinearMul. Inputs: a (3), b (3), scale and zero point? of the result.
  case qLinearBinary(BinaryOperation)
  /// Inputs: condition, a (3), b (3), scale and zero point of the result.
  case qLinearWhere
  /// QLinearSigmoid, QLinearLeakyRelu. Inputs: x (3), scale and zero point? of the result.
  case qLinearUnary(UnaryOperation)
  /// Inputs: x (3), scale and zero point? of the result.
  case qLinearSoftmax(axis: Int, flattens: Bool)
  /// Inputs: x (3), scale and zero point? of the result.
  case qLinearAveragePool(PoolParameters, countsPadding: Bool, channelsLast: Bool)
  /// Inputs: scale and zero point of the result, parts (3 each).
  case qLinearConcat(axis: Int)
  /// Inputs: a (3), b (3), int32 c?, scale? and zero point? of the result.
  case qGemm(GemmParameters)
  /// Inputs: a, b, their scales, their zero points?, bias?
  case matMulIntegerToFloat
  /// Inputs: float32 a, b, scale and zero point? of b, bias?
  case dynamicQuantizeMatMul
  /// Inputs: x, weight, bias, their scales, mask?, their zero points?
  case attention(QuantizedAttentionParameters)
  /// Inputs: a, packed weight, scales, zero points?, groups?, bias?
  case matMulNBits(BlockWeightParameters)

  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    let type = try resultType(inputs)
    guard inputs.node.outputs.dropFirst().allSatisfy({ $0 == nil }) else {
      throw .unsupported("outputs beyond the first")
    }
    return [ResultType(type: type, shape: try shape(inputs))]
  }

  private func resultType(_ inputs: NodeInputs) throws(KernelError) -> ElementType {
    switch self {
    case .qLinearMatMul, .qLinearConv: return try inputs.type(7)
    case .qLinearConcat, .qLinearWhere: return try inputs.type(1)
    case .qGemm:
      // Floats have no scale, and ONNX Runtime divides them by it.
      guard inputs.node.input(8) != nil || inputs.node.input(7) == nil else {
        throw .unsupported("QGemm with y_scale and without y_zero_point")
      }
      return inputs.node.input(8) == nil ? .float32 : try inputs.type(8)
    case .convInteger: return .int32
    case .matMulIntegerToFloat, .attention: return .float32
    default: return try inputs.type(0)
    }
  }

  private func shape(_ inputs: NodeInputs) throws(KernelError) -> [Int] {
    let x = try inputs.shape(0)
    switch self {
    case .qLinearMatMul: return try ShapeRules.matMul(x, try inputs.shape(3))
    case .qLinearConv(let parameters, let channelsLast):
      return try ShapeRules.quantizedConv(
        x, weight: try inputs.shape(3), bias: inputs.optionalShape(8), parameters,
        channelsLast: channelsLast)
    case .convInteger(let parameters):
      return try ShapeRules.conv(x, weight: try inputs.shape(1), parameters)
    case .qLinearBinary: return try ShapeRules.broadcast([x, try inputs.shape(3)])
    case .qLinearWhere:
      return try ShapeRules.broadcast([x, try inputs.shape(1), try inputs.shape(4)])
    case .qLinearUnary: return x
    case .qLinearSoftmax(let axis, _):
      _ = try ShapeRules.axis(axis, rank: x.count)
      return x
    case .qLinearAveragePool(let parameters, _, let channelsLast):
      return try ShapeRules.quantizedPool(x, parameters, channelsLast: channelsLast)
    case .qLinearConcat(let axis):
      var shapes: [[Int]] = []
      for part in 0..<Self.parts(inputs.node.inputs.count) {
        shapes.append(try inputs.shape(2 + 3 * part))
      }
      return try ShapeRules.concat(shapes, axis: axis)
    case .qGemm(let parameters):
      return try ShapeRules.gemm(
        x, try inputs.shape(3), c: inputs.optionalShape(6), parameters)
    case .matMulIntegerToFloat, .dynamicQuantizeMatMul:
      return try ShapeRules.matMul(x, try inputs.shape(1))
    case .attention(let parameters):
      return try ShapeRules.quantizedAttention(
        x, weight: try inputs.shape(1), bias: try inputs.shape(2), heads: parameters.heads)
    case .matMulNBits(let parameters): return try ShapeRules.matMulNBits(x, parameters)
    }
  }

  /// The tensors that QLinearConcat joins, by the number of its inputs.
  static func parts(_ inputs: Int) -> Int { max(0, inputs - 2) / 3 }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {
    case .qLinearMatMul, .qLinearConv, .convInteger, .qGemm, .matMulIntegerToFloat,
      .dynamicQuantizeMatMul, .attention, .matMulNBits:
      return [try evaluateProduct(operands)]
    case .qLinearConcat(let axis):
      var parts: [QuantizedTensor] = []
      for part in 0..<Self.parts(operands.tensors.count) {
        parts.append(try operands.quantized(2 + 3 * part))
      }
      return [
        try Reference.qLinearConcat(
          parts, axis: axis, scale: try operands.tensor(0), zeroPoint: try operands.tensor(1))
      ]
    case .qLinearBinary(let operation):
      return [
        try Reference.qLinearBinary(
          operation, try operands.quantized(0), try operands.quantized(3),
          scale: try operands.tensor(6), zeroPoint: operands.optional(7))
      ]
    case .qLinearWhere:
      return [
        try Reference.qLinearWhere(
          try operands.tensor(0), try operands.quantized(1), try operands.quantized(4),
          scale: try operands.tensor(7), zeroPoint: operands.optional(8))
      ]
    default: return [try evaluateElements(operands)]
    }
  }

  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode? {
    guard case .convInteger(let parameters) = self else { return nil }
    return try lowering.convInteger(node, parameters)
  }

  private func evaluateElements(_ operands: Operands) throws(KernelError) -> Tensor {
    let (x, scale) = (try operands.quantized(0), try operands.tensor(3))
    let zeroPoint = operands.optional(4)
    switch self {
    case .qLinearUnary(let operation):
      return try Reference.qLinearUnary(operation, x, scale: scale, zeroPoint: zeroPoint)
    case .qLinearSoftmax(let axis, let flattens):
      return try Reference.qLinearSoftmax(
        x, axis: axis, flattened: flattens, scale: scale, zeroPoint: zeroPoint)
    case .qLinearAveragePool(let parameters, let countsPadding, let channelsLast):
      return try Reference.qLinearAveragePool(
        x, scale: scale, zeroPoint: zeroPoint, parameters, countsPadding: countsPadding,
        channelsLast: channelsLast)
    default: throw .unsupported("no operator over single elements")
    }
  }

  private func evaluateProduct(_ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .qLinearMatMul:
      return try Reference.qLinearMatMul(
        try operands.quantized(0), try operands.quantized(3), scale: try operands.tensor(6),
        zeroPoint: try operands.tensor(7))
    case .qLinearConv(let parameters, let channelsLast):
      return try Reference.qLinearConv(
        try operands.quantized(0), weight: try operands.quantized(3),
        scale: try operands.tensor(6), zeroPoint: try operands.tensor(7),
        bias: operands.optional(8), parameters, channelsLast: channelsLast)
    case .convInteger(let parameters):
      return try Reference.convInteger(
        try operands.tensor(0), weight: try operands.tensor(1), zeroPoint: operands.optional(2),
        weightZeroPoint: operands.optional(3), parameters)
    case .qGemm(let parameters):
      var target: (Tensor, Tensor)?
      if operands.optional(8) != nil { target = (try operands.tensor(7), try operands.tensor(8)) }
      return try Reference.qGemm(
        try operands.quantized(0), try operands.quantized(3), c: operands.optional(6), parameters,
        target: target)
    case .matMulIntegerToFloat:
      return try Reference.matMulIntegerToFloat(
        QuantizedTensor(
          values: try operands.tensor(0), scale: try operands.tensor(2),
          zeroPoint: operands.optional(4)),
        QuantizedTensor(
          values: try operands.tensor(1), scale: try operands.tensor(3),
          zeroPoint: operands.optional(5)), bias: operands.optional(6))
    case .dynamicQuantizeMatMul:
      return try Reference.dynamicQuantizeMatMul(
        try operands.tensor(0), try operands.quantized(1), bias: operands.optional(4))
    case .attention(let parameters):
      return try Reference.quantizedAttention(
        QuantizedTensor(
          values: try operands.tensor(0), scale: try operands.tensor(3),
          zeroPoint: operands.optional(6)),
        weight: QuantizedTensor(
          values: try operands.tensor(1), scale: try operands.tensor(4),
          zeroPoint: operands.optional(7)),
        bias: try operands.tensor(2), mask: operands.optional(5), parameters)
    case .matMulNBits(let parameters):
      return try Reference.matMulNBits(
        try operands.tensor(0), try operands.tensor(1), scales: try operands.tensor(2),
        zeroPoints: operands.optional(3), groups: operands.optional(4),
        bias: operands.optional(5), parameters)
    default: throw .unsupported("no product")
    }
  }
}

extension Operands {
  /// The bytes at `position` with the scale and the zero point that follow them.
  func quantized(_ position: Int) throws(KernelError) -> QuantizedTensor {
    QuantizedTensor(
      values: try tensor(position), scale: try tensor(position + 1),
      zeroPoint: optional(position + 2))
  }
}
