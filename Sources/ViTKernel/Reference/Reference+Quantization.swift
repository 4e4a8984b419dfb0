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

  /// QuantizeLinear 28 of float32 or int32: `saturate(round(x / scale) + zeroPoint)`.
  ///
  /// - Parameters:
  ///   - scale: float32: a scalar, one value for each index of `axis`, or with `blockSize` a tensor
  ///     like x with one value for each block of `axis`.
  ///   - zeroPoint: Of scale's shape; absent: 0.
  ///   - axis: Axis of the values of `scale`.
  ///   - blockSize: Elements that share a scale along `axis` (opset 21); 0 without blocks.
  ///   - outputType: An integer of at most 16 bits, or a float of at most 8; absent: the zero point's
  ///     type, or uint8.
  ///   - saturate: Whether a float of 8 bits becomes the largest number where it is too large.
  ///   - precision: The type that the quotient is rounded to first (opset 23).
  /// - Returns: A tensor of the output type, stored as ``ElementType/computed``.
  public static func quantizeLinear(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor? = nil, axis: Int = 1, blockSize: Int = 0,
    outputType: ElementType? = nil, saturate: Bool = true, precision: ElementType? = nil
  ) throws(KernelError) -> Tensor {
    let type = outputType ?? zeroPoint?.elementType ?? .uint8
    guard [.float32, .int32].contains(x.elementType), type.isQuantized,
      type.computed == zeroPoint?.elementType ?? type.computed
    else {
      throw .unsupported(
        "QuantizeLinear of \(x.elementType) to \(type)"
          + (zeroPoint.map { " with a zero point of \($0.elementType)" } ?? ""))
    }
    let parameters = try quantizationParameters(
      "QuantizeLinear", x, scale, zeroPoint, axis: axis, blockSize: blockSize)
    var quotients = zip(cast(x, to: .float32).elements(of: Float.self), parameters.scales).map(/)
    if let precision {
      let rounded = cast(Tensor(quotients, shape: x.shape), to: precision)
      quotients = cast(rounded, to: .float32).elements(of: Float.self)
    }
    let zeroPoints = parameters.zeroPoints.map { Float($0) }
    guard let range = type.quantizedRange else {
      // Numbers that have fractions are rounded once, by the cast.
      let shifted = quotients.indices.map { quotients[$0] + zeroPoints[$0] }
      let result = cast(Tensor(shifted, shape: x.shape), to: type, saturate: saturate)
      return cast(result, to: type.computed)
    }
    let results = quotients.indices.map { index in
      quantized(quotients[index], zeroPoint: zeroPoints[index], range: range)
    }
    return cast(Tensor(results, shape: x.shape), to: type.computed)
  }

  /// DequantizeLinear 28 of int32 or of what QuantizeLinear gives: `(x - zeroPoint) * scale` in
  /// float32.
  ///
  /// The parameters are those of QuantizeLinear, the zero point of x's type.
  public static func dequantizeLinear(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor? = nil, axis: Int = 1, blockSize: Int = 0
  ) throws(KernelError) -> Tensor {
    guard [.int8, .uint8, .int16, .uint16, .int32, .float32].contains(x.elementType) else {
      throw .unsupported("DequantizeLinear of \(x.elementType)")
    }
    try requireSameType("DequantizeLinear", x, zeroPoint ?? x)
    let parameters = try quantizationParameters(
      "DequantizeLinear", x, scale, zeroPoint, axis: axis, blockSize: blockSize)
    let scales = parameters.scales
    if x.elementType == .float32 {
      let values = x.elements(of: Float.self)
      let results = values.indices.map { index in
        (values[index] - Float(parameters.zeroPoints[index])) * scales[index]
      }
      return Tensor(results, shape: x.shape)
    }
    let values = cast(x, to: .int32).elements(of: Int32.self)
    let results = values.indices.map { index in
      Float(values[index] &- Int32(parameters.zeroPoints[index])) * scales[index]
    }
    return Tensor(results, shape: x.shape)
  }

  /// The scale and the zero point of every element of `x`, of which float64 holds all.
  private static func quantizationParameters(
    _ name: String, _ x: Tensor, _ scale: Tensor, _ zeroPoint: Tensor?, axis: Int, blockSize: Int
  ) throws(KernelError) -> (scales: [Float], zeroPoints: [Double]) {
    guard scale.elementType == .float32 else {
      throw .unsupported("\(name) with a scale of \(scale.elementType)")
    }
    // One number may have any rank.
    if let zeroPoint, zeroPoint.shape != scale.shape, zeroPoint.count != 1 || scale.count != 1 {
      throw .invalid("\(name): zero point of shape \(zeroPoint.shape), scale \(scale.shape)")
    }
    let offsets = try parameterOffsets(
      name, x.shape, scale.shape, axis: axis, blockSize: blockSize)
    let scales = pick(offsets, from: [scale], shape: x.shape).elements(of: Float.self)
    let zeroPoints = zeroPoint.map { doubles(pick(offsets, from: [$0], shape: x.shape)) }
    return (scales, zeroPoints ?? [Double](repeating: 0, count: scales.count))
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

extension ElementType {
  /// True for the types that QuantizeLinear gives.
  public var isQuantized: Bool {
    quantizedRange != nil || isFloatingPoint && byteCount == 1 && self != .float8e8m0
  }

  /// The values of an integer type that QuantizeLinear gives; nil for other types.
  public var quantizedRange: ClosedRange<Float>? {
    switch self {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32_768...32_767
    case .uint16: 0...65_535
    default: subByteRange.map { Float($0.lowerBound)...Float($0.upperBound) }
    }
  }
}
