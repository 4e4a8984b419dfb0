/// Scale and zero point of a quantized range: real = scale * (quantized - zeroPoint).
public struct AffineParameters: Sendable, Equatable {
  /// Real distance of two neighbouring quantized values; positive.
  public var scale: Float
  /// The quantized value of zero.
  public var zeroPoint: Int32

  /// Parameters of `scale` and `zeroPoint`.
  public init(scale: Float, zeroPoint: Int32) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// The parameters that ONNX Runtime 1.32 gives weights that lie in `minimum`...`maximum`.
  ///
  /// The range is widened to contain zero, and where `symmetric`, to equal distances on both sides.
  /// The scale is computed in 64 bits and stored in 32; the zero point comes from the 64-bit scale.
  /// A scale below the smallest normal number becomes 1 with zero point 0.
  ///
  /// - Parameter range: the quantized values that the ends map to; contains zero.
  public init(
    minimum: Float, maximum: Float, range: ClosedRange<Int32>, symmetric: Bool
  ) {
    var low = Swift.min(minimum, 0)
    var high = Swift.max(maximum, 0)
    if symmetric {
      high = Swift.max(-low, high)
      low = -high
    }
    let steps = Double(range.upperBound) - Double(range.lowerBound)
    let exactScale = (Double(high) - Double(low)) / steps
    guard exactScale >= Double(Float.leastNormalMagnitude) else {
      self.init(scale: 1, zeroPoint: 0)
      return
    }
    let exactZeroPoint =
      symmetric
      ? (Double(range.lowerBound) + Double(range.upperBound)) / 2
      : Double(range.lowerBound) - Double(low) / exactScale
    self.init(
      scale: Float(exactScale),
      zeroPoint: Int32(exactZeroPoint.rounded(.toNearestOrEven)))
  }
}
