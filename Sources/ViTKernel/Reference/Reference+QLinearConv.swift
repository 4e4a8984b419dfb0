/// Convolutions and pools over bytes.
extension Reference {
  /// ConvInteger-10: `x` less its zero point convolved by `weight` less its own, in int32, which wraps.
  ///
  /// - Parameters:
  ///   - x: int8 or uint8 [batch, channels, spatial...].
  ///   - weight: int8 or uint8 [output channels, channels / group, kernel...].
  ///   - zeroPoint: Of x's type, one.
  ///   - weightZeroPoint: Of the weight's type: one, or one for each output channel.
  public static func convInteger(
    _ x: Tensor, weight: Tensor, zeroPoint: Tensor? = nil, weightZeroPoint: Tensor? = nil,
    _ parameters: ConvParameters = .init()
  ) throws(KernelError) -> Tensor {
    _ = try ShapeRules.conv(x.shape, weight: weight.shape, parameters)
    if let zeroPoint, zeroPoint.count != 1 {
      throw .invalid("ConvInteger: \(zeroPoint.count) zero points of x")
    }
    let weightZeros = weightZeroPoint.map { along($0, weight) }
    let values = try centred(x, zeroPoint, name: "ConvInteger").map(Double.init)
    let factors = try centred(weight, weightZeros, name: "ConvInteger").map(Double.init)
    // Sums of products of 9 bits are exact in float64 as long as they have fewer than 2^35 terms.
    let sums = try conv(
      Tensor(values, shape: x.shape), weight: Tensor(factors, shape: weight.shape), parameters)
    return cast(cast(sums, to: .int64), to: .int32)
  }

  /// QLinearConv-10: the convolution of the numbers that `x` and `weight` stand for, quantized.
  ///
  /// - Parameters:
  ///   - weight: One scale and zero point, or one for each output channel.
  ///   - scale: float32, one.
  ///   - zeroPoint: int8 or uint8, the result's type.
  ///   - bias: int32 [output channels] in units of `scale of x * scale of the weight`.
  ///   - channelsLast: The channels of `x` and of the result are the last axis (com.microsoft).
  public static func qLinearConv(
    _ x: QuantizedTensor, weight: QuantizedTensor, scale: Tensor, zeroPoint: Tensor,
    bias: Tensor? = nil, _ parameters: ConvParameters = .init(), channelsLast: Bool = false
  ) throws(KernelError) -> Tensor {
    let name = "QLinearConv"
    if channelsLast {
      let rank = x.values.shape.count
      guard rank > 2 else { throw .invalid("\(name) of \(x.values.shape): no spatial axis") }
      var image = x
      image.values = try transpose(
        x.values, permutation: [0, rank - 1] + Array(1..<(rank - 1)))
      let result = try qLinearConv(
        image, weight: weight, scale: scale, zeroPoint: zeroPoint, bias: bias, parameters)
      return try transpose(result, permutation: [0] + Array(2..<rank) + [1])
    }
    var sums = try convInteger(
      x.values, weight: weight.values, zeroPoint: x.zeroPoint, weightZeroPoint: weight.zeroPoint,
      parameters)
    let channels = weight.values.shape[0]
    let alongChannels = [channels] + [Int](repeating: 1, count: x.values.shape.count - 2)
    if let bias {
      guard bias.elementType == .int32, bias.count == channels else {
        throw .invalid("\(name): bias \(bias.elementType) \(bias.shape) for \(channels) channels")
      }
      sums = try binary(.add, sums, bias.reshaped(alongChannels))
    }
    guard weight.scale.count == 1 || weight.scale.count == channels else {
      throw .invalid("\(name): \(weight.scale.count) scales for \(channels) output channels")
    }
    let factor = weight.scale.count == 1 ? weight.scale : weight.scale.reshaped(alongChannels)
    let (source, target) = (try scalar(x.scale, name), try scalar(scale, name))
    let scales = try factors(factor, over: sums.shape, name).map { source * $0 / target }
    return try requantized(sums, scales, zeroPoint, name)
  }

  /// One zero point for each output channel, to broadcast to the weight.
  private static func along(_ zeroPoint: Tensor, _ weight: Tensor) -> Tensor {
    guard zeroPoint.count > 1, zeroPoint.count == weight.shape[0] else { return zeroPoint }
    return zeroPoint.reshaped([zeroPoint.count] + weight.shape.dropFirst().map { _ in 1 })
  }

  /// QLinearAveragePool and QLinearGlobalAveragePool of com.microsoft: means over windows.
  ///
  /// - Parameter channelsLast: `x` is [batch, spatial..., channels], not [batch, channels, spatial...].
  public static func qLinearAveragePool(
    _ x: QuantizedTensor, scale: Tensor, zeroPoint: Tensor?, _ parameters: PoolParameters,
    countsPadding: Bool, channelsLast: Bool
  ) throws(KernelError) -> Tensor {
    let rank = x.values.shape.count
    _ = try ShapeRules.quantizedPool(x.values.shape, parameters, channelsLast: channelsLast)
    var values = try dequantized(x)
    if channelsLast {
      values = try transpose(values, permutation: [0, rank - 1] + Array(1..<(rank - 1)))
    }
    let means = try pool(.average(countsPadding: countsPadding), values, parameters).y
    let result = try quantized(means, scale: scale, zeroPoint: zeroPoint, as: x.values.elementType)
    guard channelsLast else { return result }
    return try transpose(result, permutation: [0] + Array(2..<rank) + [1])
  }
}
