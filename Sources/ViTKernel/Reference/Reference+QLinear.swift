/// Operators whose operands and result are bytes with a scale and a zero point.
///
/// Sums of products are exact in int32, which wraps; what becomes of them is ONNX Runtime's arithmetic
/// in float32. Operators over elements dequantize, compute and quantize again, each as ONNX defines it:
/// ONNX Runtime's kernels for QLinearAdd, QLinearMul and the pools scale first, so that a result on the
/// border between two integers may be the other one there.
extension Reference {
  /// QLinearMatMul-10 and -21: the product of the numbers that `a` and `b` stand for, quantized.
  ///
  /// - Parameters:
  ///   - a: [..., M, K] with one scale, or one for each row: [M] or [..., M, 1].
  ///   - b: [..., K, N] with one scale, or one for each column: [N] or [..., 1, N].
  ///   - scale: float32, one.
  ///   - zeroPoint: int8 or uint8, the result's type.
  public static func qLinearMatMul(
    _ a: QuantizedTensor, _ b: QuantizedTensor, scale: Tensor, zeroPoint: Tensor
  ) throws(KernelError) -> Tensor {
    let sums = try matMulInteger(
      a.values, b.values, aZeroPoint: a.zeroPoint, bZeroPoint: b.zeroPoint)
    let rows = try factors(column(a.scale), over: sums.shape, "QLinearMatMul")
    let columns = try factors(b.scale, over: sums.shape, "QLinearMatMul")
    let target = try scalar(scale, "QLinearMatMul")
    let scales = zip(rows, columns).map { $0 * $1 / target }
    return try requantized(sums, scales, zeroPoint, "QLinearMatMul")
  }

  /// MatMulIntegerToFloat of com.microsoft: the product of the numbers that `a` and `b` stand for, in
  /// float32, and `bias`, [N], where there is one.
  public static func matMulIntegerToFloat(
    _ a: QuantizedTensor, _ b: QuantizedTensor, bias: Tensor? = nil
  ) throws(KernelError) -> Tensor {
    let name = "MatMulIntegerToFloat"
    let sums = try matMulInteger(
      a.values, b.values, aZeroPoint: a.zeroPoint, bZeroPoint: b.zeroPoint)
    let rows = try factors(column(a.scale), over: sums.shape, name)
    let columns = try factors(b.scale, over: sums.shape, name)
    let terms = try bias.map { bias throws(KernelError) in
      try factors(bias, over: sums.shape, name)
    }
    let values = sums.elements(of: Int32.self)
    let results = values.indices.map { index in
      let product = Float(values[index]) * (rows[index] * columns[index])
      return terms.map { product + $0[index] } ?? product
    }
    return Tensor(results, shape: sums.shape)
  }

  /// DynamicQuantizeMatMul of com.microsoft: float32 `a` through DynamicQuantizeLinear, then
  /// ``matMulIntegerToFloat(_:_:bias:)``.
  public static func dynamicQuantizeMatMul(
    _ a: Tensor, _ b: QuantizedTensor, bias: Tensor? = nil
  ) throws(KernelError) -> Tensor {
    let q = try dynamicQuantizeLinear(a)
    return try matMulIntegerToFloat(
      QuantizedTensor(values: q.y, scale: q.scale, zeroPoint: q.zeroPoint), b, bias: bias)
  }

  /// QGemm of com.microsoft: `alpha * A' * B' + C`, quantized, or in float32 where there is no
  /// `target`.
  ///
  /// - Parameters:
  ///   - c: int32, broadcasting to [M, N], in units of `alpha * scale of A * scale of B`.
  ///   - parameters: `beta` is 1.
  ///   - target: Scale and zero point of the result.
  public static func qGemm(
    _ a: QuantizedTensor, _ b: QuantizedTensor, c: Tensor? = nil, _ parameters: GemmParameters,
    target: (scale: Tensor, zeroPoint: Tensor)? = nil
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.gemm(a.values.shape, b.values.shape, c: c?.shape, parameters)
    let left = parameters.transposeA ? try transpose(a.values) : a.values
    let right = parameters.transposeB ? try transpose(b.values) : b.values
    var sums = try matMulInteger(
      left, right, aZeroPoint: a.zeroPoint, bZeroPoint: b.zeroPoint)
    if let c { sums = try binary(.add, sums, try expanded(c, to: shape)) }
    let aScale = parameters.alpha * (try scalar(a.scale, "QGemm"))
    let scales = try factors(b.scale, over: shape, "QGemm").map { aScale * $0 }
    if let target {
      let scale = try scalar(target.scale, "QGemm")
      return try requantized(sums, scales.map { $0 / scale }, target.zeroPoint, "QGemm")
    }
    let values = zip(sums.elements(of: Int32.self), scales).map { Float($0) * $1 }
    return Tensor(values, shape: shape)
  }

  /// QLinearAdd, QLinearMul of com.microsoft, which broadcast.
  public static func qLinearBinary(
    _ operation: BinaryOperation, _ a: QuantizedTensor, _ b: QuantizedTensor, scale: Tensor,
    zeroPoint: Tensor?
  ) throws(KernelError) -> Tensor {
    try requireSameType("QLinear\(operatorName(operation))", a.values, b.values)
    let result = try binary(operation, try dequantized(a), try dequantized(b))
    return try quantized(result, scale: scale, zeroPoint: zeroPoint, as: a.values.elementType)
  }

  /// QLinearWhere of com.microsoft: of `a` where the condition holds, else of `b`; all three broadcast.
  public static func qLinearWhere(
    _ condition: Tensor, _ a: QuantizedTensor, _ b: QuantizedTensor, scale: Tensor,
    zeroPoint: Tensor?
  ) throws(KernelError) -> Tensor {
    try requireSameType("QLinearWhere", a.values, b.values)
    let result = try select(condition, try dequantized(a), try dequantized(b))
    return try quantized(result, scale: scale, zeroPoint: zeroPoint, as: a.values.elementType)
  }

  /// QLinearSigmoid, QLinearLeakyRelu of com.microsoft.
  public static func qLinearUnary(
    _ operation: UnaryOperation, _ x: QuantizedTensor, scale: Tensor, zeroPoint: Tensor?
  ) throws(KernelError) -> Tensor {
    let result = try unary(operation, try dequantized(x))
    return try quantized(result, scale: scale, zeroPoint: zeroPoint, as: x.values.elementType)
  }

  /// QLinearSoftmax of com.microsoft, with ONNX Runtime's arithmetic: the reciprocal of the result's
  /// scale is rounded down to an integer.
  ///
  /// - Parameters:
  ///   - axis: The axis, or with `flattened` the first of those that are one.
  public static func qLinearSoftmax(
    _ x: QuantizedTensor, axis: Int, flattened: Bool, scale: Tensor, zeroPoint: Tensor?
  ) throws(KernelError) -> Tensor {
    let steps = (1 / (try scalar(scale, "QLinearSoftmax"))).rounded(.down)
    let softmax = try softmax(try dequantized(x), axis: axis, flattened: flattened)
    return try quantized(
      try binary(.mul, softmax, Tensor(scalar: steps)), scale: Tensor(scalar: Float(1)),
      zeroPoint: zeroPoint, as: x.values.elementType)
  }

  /// QLinearConcat of com.microsoft. What has the result's scale and zero point is copied.
  public static func qLinearConcat(
    _ parts: [QuantizedTensor], axis: Int, scale: Tensor, zeroPoint: Tensor
  ) throws(KernelError) -> Tensor {
    var bytes: [Tensor] = []
    for part in parts {
      bytes.append(
        try quantized(
          try dequantized(part), scale: scale, zeroPoint: zeroPoint,
          as: zeroPoint.elementType))
    }
    return try concat(bytes, axis: axis)
  }
}

extension Reference {
  /// The numbers that `x`, which has one scale, stands for.
  static func dequantized(_ x: QuantizedTensor) throws(KernelError) -> Tensor {
    try dequantizeLinear(x.values, scale: single(x.scale), zeroPoint: x.zeroPoint.map(single))
  }

  /// float32 `x` in bytes of the type of the zero point, or of `type` where there is none.
  static func quantized(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor?, as type: ElementType
  ) throws(KernelError) -> Tensor {
    guard scale.count == 1 else {
      throw .invalid("a result with a scale of shape \(scale.shape), not with one")
    }
    return try quantizeLinear(
      x, scale: single(scale), zeroPoint: zeroPoint.map(single), outputType: type)
  }

  /// int32 sums times their scales, as bytes: clamped, rounded half to even, and then shifted.
  static func requantized(
    _ sums: Tensor, _ scales: [Float], _ zeroPoint: Tensor, _ name: String
  ) throws(KernelError) -> Tensor {
    let values = zip(sums.elements(of: Int32.self), scales).map { Float($0) * $1 }
    guard zeroPoint.count == 1 else {
      throw .invalid("\(name): \(zeroPoint.count) zero points of the result")
    }
    return try quantized(
      Tensor(values, shape: sums.shape), scale: Tensor(scalar: Float(1)), zeroPoint: zeroPoint,
      as: zeroPoint.elementType)
  }

  /// The only element of a float32 tensor.
  static func scalar(_ tensor: Tensor, _ name: String) throws(KernelError) -> Float {
    guard tensor.elementType == .float32 else {
      throw .unsupported("\(name) with a scale of \(tensor.elementType)")
    }
    guard tensor.count == 1 else { throw .invalid("\(name): \(tensor.count) scales of a tensor") }
    return tensor.elements(of: Float.self)[0]
  }

  /// The elements of float32 `tensor`, of which there is one or which broadcast to `shape`.
  static func factors(
    _ tensor: Tensor, over shape: [Int], _ name: String
  ) throws(KernelError) -> [Float] {
    guard tensor.elementType == .float32 else {
      throw .unsupported("\(name) with a scale of \(tensor.elementType)")
    }
    return try expanded(single(tensor), to: shape).elements(of: Float.self)
  }

  /// `tensor` without dimensions where it has one element.
  static func single(_ tensor: Tensor) -> Tensor {
    tensor.count == 1 ? tensor.reshaped([]) : tensor
  }

  /// A vector of several elements as a column.
  private static func column(_ tensor: Tensor) -> Tensor {
    tensor.shape.count == 1 && tensor.count > 1 ? tensor.reshaped([tensor.count, 1]) : tensor
  }
}
