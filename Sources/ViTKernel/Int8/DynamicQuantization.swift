/// Scale and zero point that DynamicQuantizeLinear-11 gives to a range of values, with the
/// arithmetic of ONNX Runtime: every step in float32.
public struct DynamicQuantization: Sendable, Hashable {
  /// Step between two neighbouring uint8 values.
  public let scale: Float
  /// The uint8 value that stands for zero.
  public let zeroPoint: UInt8

  /// The parameters for values from `minimum` to `maximum`; the range is widened to contain zero.
  ///
  /// A range of zero width has scale 1 and zero point 0.
  public init(minimum: Float, maximum: Float) {
    let low = min(0, minimum)
    let high = max(0, maximum)
    scale = low == high ? 1 : (high - low) / 255
    // Infinite bounds and underflow make this NaN, which ONNX Runtime takes for the upper limit.
    let exact = 0 - low / scale
    zeroPoint = exact < 255 ? UInt8(max(0, exact).rounded(.toNearestOrEven)) : 255
  }
}
