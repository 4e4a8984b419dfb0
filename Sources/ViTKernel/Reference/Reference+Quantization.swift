extension Reference {
  /// DynamicQuantizeLinear of a float32 tensor, with ONNX Runtime's arithmetic in float32.
  ///
  /// - Returns: uint8 elements, the float32 scalar `scale`, the uint8 scalar `zeroPoint`:
  ///   `x ≈ scale * (y - zeroPoint)`. Of a tensor of zeros, or of none, the scale is 1.
  public static func dynamicQuantizeLinear(
    _ x: Tensor
  ) throws(KernelError) -> (y: Tensor, scale: Tensor, zeroPoint: Tensor) {
    guard x.elementType == .float32 else {
      throw .unsupported("DynamicQuantizeLinear of \(x.elementType)")
    }
    let values = x.elements(of: Float.self)
    // The range includes 0, so that 0 is represented exactly. NaN does not widen it.
    let least = values.reduce(0) { $1 < $0 ? $1 : $0 }
    let most = values.reduce(0) { $1 > $0 ? $1 : $0 }
    let scale = most == least ? 1 : (most - least) / 255
    let position = 0 - least / scale
    // Infinite ranges make it NaN, which is no less than 255.
    let bounded = position < 255 ? max(position, 0) : 255
    let zeroPoint = bounded.rounded(.toNearestOrEven)
    let elements = values.map { value in
      UInt8(quantized(value / scale, zeroPoint: zeroPoint, range: 0...255))
    }
    return (
      Tensor(elements, shape: x.shape), Tensor(scalar: scale), Tensor(scalar: UInt8(zeroPoint))
    )
  }

  /// `ratio`, rounded half to even, plus `zeroPoint`, saturated to `range`; NaN to its lower bound.
  private static func quantized(
    _ ratio: Float, zeroPoint: Float, range: ClosedRange<Float>
  ) -> Float {
    // Clamped before rounding, as ONNX Runtime does.
    let (lower, upper) = (range.lowerBound - zeroPoint, range.upperBound - zeroPoint)
    let bounded = ratio > lower ? min(ratio, upper) : lower
    return bounded.rounded(.toNearestOrEven) + zeroPoint
  }

  /// QuantizeLinear of float32 or int32: `saturate(round(x / scale) + zeroPoint)`.
  ///
  /// - Parameters:
  ///   - scale: float32: a scalar, one value for each index of `axis`, or with `blockSize` a tensor
  ///     like x with one value for each block of `axis`.
  ///   - zeroPoint: int8 or uint8 of scale's shape; absent: 0 of `outputType`.
  ///   - axis: Axis of the values of `scale`.
  ///   - blockSize: Elements that share a scale along `axis` (opset 21); 0 without blocks.
  ///   - outputType: int8 or uint8 where no zero point tells.
  public static func quantizeLinear(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor? = nil, axis: Int = 1, blockSize: Int = 0,
    outputType: ElementType = .uint8
  ) throws(KernelError) -> Tensor {
    let type = zeroPoint?.elementType ?? outputType
    guard x.elementType == .float32 || x.elementType == .int32, type == .int8 || type == .uint8
    else { throw .unsupported("QuantizeLinear of \(x.elementType) to \(type)") }
    let parameters = try quantizationParameters(
      "QuantizeLinear", x, scale, zeroPoint, axis: axis, blockSize: blockSize)
    let values = cast(x, to: .float32).elements(of: Float.self)
    let range: ClosedRange<Float> = type == .int8 ? -128...127 : 0...255
    let results = values.indices.map { index in
      quantized(
        values[index] / parameters.scales[index],
        zeroPoint: Float(parameters.zeroPoints?[index] ?? 0), range: range)
    }
    return cast(Tensor(results, shape: x.shape), to: type)
  }

  /// DequantizeLinear of int8, uint8 or int32: `(x - zeroPoint) * scale` in float32.
  ///
  /// The parameters are those of ``quantizeLinear(_:scale:zeroPoint:axis:blockSize:outputType:)``,
  /// the zero point of x's type.
  public static func dequantizeLinear(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor? = nil, axis: Int = 1, blockSize: Int = 0
  ) throws(KernelError) -> Tensor {
    guard [.int8, .uint8, .int32].contains(x.elementType) else {
      throw .unsupported("DequantizeLinear of \(x.elementType)")
    }
    try requireSameType("DequantizeLinear", x, zeroPoint ?? x)
    let parameters = try quantizationParameters(
      "DequantizeLinear", x, scale, zeroPoint, axis: axis, blockSize: blockSize)
    let values = cast(x, to: .int32).elements(of: Int32.self)
    let results = values.indices.map { index in
      Float(values[index] &- (parameters.zeroPoints?[index] ?? 0)) * parameters.scales[index]
    }
    return Tensor(results, shape: x.shape)
  }

  /// The scale and the zero point of every element of `x`.
  private static func quantizationParameters(
    _ name: String, _ x: Tensor, _ scale: Tensor, _ zeroPoint: Tensor?, axis: Int, blockSize: Int
  ) throws(KernelError) -> (scales: [Float], zeroPoints: [Int32]?) {
    guard scale.elementType == .float32 else {
      throw .unsupported("\(name) with a scale of \(scale.elementType)")
    }
    if let zeroPoint, zeroPoint.shape != scale.shape {
      throw .invalid("\(name): zero point of shape \(zeroPoint.shape), scale \(scale.shape)")
    }
    let offsets = try parameterOffsets(
      name, x.shape, scale.shape, axis: axis, blockSize: blockSize)
    let scales = pick(offsets, from: [scale], shape: x.shape).elements(of: Float.self)
    let zeroPoints = zeroPoint.map { zeroPoint in
      cast(pick(offsets, from: [zeroPoint], shape: x.shape), to: .int32).elements(of: Int32.self)
    }
    return (scales, zeroPoints)
  }

  /// For each element of `shape`, the offset of its parameter.
  private static func parameterOffsets(
    _ name: String, _ shape: [Int], _ parameters: [Int], axis: Int, blockSize: Int
  ) throws(KernelError) -> [Int] {
    if parameters.allSatisfy({ $0 == 1 }) && parameters.count <= 1 {
      return [Int](repeating: 0, count: try ShapeRules.elementCount(shape))
    }
    let axis = try ShapeRules.axis(axis, rank: shape.count)
    guard blockSize >= 0 else { throw .invalid("\(name): block size \(blockSize)") }
    if blockSize == 0 {
      guard parameters == [shape[axis]] else {
        throw .invalid("\(name): scale of shape \(parameters) for axis \(axis) of \(shape)")
      }
      var strides = shape.map { _ in 0 }
      strides[axis] = 1
      return offsets(shape: shape, strides: strides)
    }
    var expected = shape
    expected[axis] = shape[axis] / blockSize + (shape[axis].isMultiple(of: blockSize) ? 0 : 1)
    guard parameters == expected else {
      throw .invalid(
        "\(name): scale of shape \(parameters), blocks of \(blockSize) of \(shape) need \(expected)"
      )
    }
    if shape.contains(0) { return [] }
    let strides = ShapeRules.strides(parameters)
    return offsets(
      along: shape.indices.map { other in
        (0..<shape[other]).map { (other == axis ? $0 / blockSize : $0) * strides[other] }
      })
  }
}
