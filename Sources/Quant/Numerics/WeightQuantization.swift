import OnnxParse

/// A constant in 8 bits.
public struct QuantizedWeights: Sendable, Equatable {
  /// The quantized values, in the order of the input; int8 as its two's complement.
  public var bytes: [UInt8]
  /// One for the whole tensor, or one for each index of the last axis.
  public var parameters: [AffineParameters]
}

/// How a constant is turned into 8 bits.
public struct WeightQuantization: Sendable, Hashable {
  /// The type to store.
  public var type: WeightType
  /// True where positive and negative values get equal ranges.
  public var symmetric: Bool
  /// True where only 7 bits are used.
  public var reduceRange: Bool

  /// Storage as `type`.
  public init(type: WeightType, symmetric: Bool, reduceRange: Bool = false) {
    self.type = type
    self.symmetric = symmetric
    self.reduceRange = reduceRange
  }

  /// Quantizes `values` with one scale.
  ///
  /// quantized = clamp(roundHalfEven(value / scale) + zeroPoint, the type's whole range), all in
  /// 32-bit floats: the values that ONNX Runtime 1.32 writes, bit for bit. No values at all give
  /// scale 1 and zero point 0.
  ///
  /// - Precondition: all values are finite.
  public func quantize(_ values: [Float]) -> QuantizedWeights {
    quantize(values, channelCount: 1)
  }

  /// Quantizes a row-major tensor whose last axis has `channelCount` indices, with a scale for
  /// each of them.
  ///
  /// - Precondition: all values are finite; `channelCount` is positive and divides their number.
  public func quantize(_ values: [Float], channelCount: Int) -> QuantizedWeights {
    precondition(channelCount > 0 && values.count.isMultiple(of: channelCount))
    let parameters = channelParameters(values, channelCount: channelCount)
    let stored = type.storedRange
    var bytes = [UInt8](repeating: 0, count: values.count)
    if channelCount == 1 {
      let channel = parameters[0]
      for index in values.indices {
        bytes[index] = channel.quantize(values[index], into: stored)
      }
    } else {
      for row in stride(from: 0, to: values.count, by: channelCount) {
        for channel in 0..<channelCount {
          bytes[row + channel] = parameters[channel].quantize(values[row + channel], into: stored)
        }
      }
    }
    return QuantizedWeights(bytes: bytes, parameters: parameters)
  }

  private func channelParameters(_ values: [Float], channelCount: Int) -> [AffineParameters] {
    guard !values.isEmpty else {
      let identity = AffineParameters(scale: 1, zeroPoint: 0)
      return Array(repeating: identity, count: channelCount)
    }
    let range = type.quantizedRange(symmetric: symmetric, reduced: reduceRange)
    let (minima, maxima) = Self.extremes(values, channelCount: channelCount)
    return (0..<channelCount).map { channel in
      AffineParameters(
        minimum: minima[channel], maximum: maxima[channel], range: range, symmetric: symmetric)
    }
  }

  /// The least and the greatest of zero and the values of each channel.
  private static func extremes(
    _ values: [Float], channelCount: Int
  ) -> (minima: [Float], maxima: [Float]) {
    if channelCount == 1 {
      var (minimum, maximum) = (Float.zero, Float.zero)
      for value in values {
        minimum = value < minimum ? value : minimum
        maximum = value > maximum ? value : maximum
      }
      return ([minimum], [maximum])
    }
    var minima = [Float](repeating: 0, count: channelCount)
    var maxima = minima
    for row in stride(from: 0, to: values.count, by: channelCount) {
      for channel in 0..<channelCount {
        let value = values[row + channel]
        minima[channel] = value < minima[channel] ? value : minima[channel]
        maxima[channel] = value > maxima[channel] ? value : maxima[channel]
      }
    }
    return (minima, maxima)
  }
}

extension AffineParameters {
  /// The low byte of the quantized value of `value`, clamped to `stored`.
  fileprivate func quantize(_ value: Float, into stored: ClosedRange<Int32>) -> UInt8 {
    let shifted = (value / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
    let clamped = min(max(shifted, Float(stored.lowerBound)), Float(stored.upperBound))
    return UInt8(truncatingIfNeeded: Int32(clamped))
  }
}
