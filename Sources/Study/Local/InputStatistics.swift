import Quant
import ViTKernel

/// What an activation that a node reads looks like over images, and what DynamicQuantizeLinear makes
/// of it.
public struct InputStatistics: Sendable, Equatable, Codable {
  /// Images seen.
  public private(set) var images = 0
  /// Values in all of them.
  public private(set) var count = 0
  /// Least value; 0 before the first image.
  public private(set) var minimum: Float = 0
  /// Greatest value.
  public private(set) var maximum: Float = 0
  /// Mean of all values.
  public private(set) var mean = 0.0
  /// Least and greatest scale that an image had.
  public private(set) var scales: ClosedRange<Float>?
  /// Least and greatest zero point that an image had.
  public private(set) var zeroPoints: ClosedRange<Int>?
  /// All values.
  public private(set) var histogram = ValueHistogram()
  /// What clamping to uint8 does, rather than rounding.
  public private(set) var clipping = Clipping()
  /// Greatest magnitude in each channel, which is an index of the last axis.
  public private(set) var channelMaxima: [Float] = []
  private var usedSteps = 0
  /// Sum of the squares of the distances from the mean.
  private var spread = 0.0

  enum CodingKeys: String, CodingKey {
    case images, count, minimum, maximum, mean, scales, histogram, clipping, spread
    case zeroPoints = "zero_points"
    case channelMaxima = "channel_maxima"
    case usedSteps = "used_steps"
  }

  /// Of no image yet.
  public init() {}

  /// Standard deviation of all values, of the whole population.
  public var standardDeviation: Double { count == 0 ? 0 : (spread / Double(count)).squareRoot() }

  /// How many of the 256 steps of uint8 an image uses, as a share and in the mean over images.
  public var usedStepShare: Double { images == 0 ? 0 : Double(usedSteps) / Double(256 * images) }

  /// Adds the statistics of other images.
  public mutating func merge(_ other: InputStatistics) {
    guard other.images > 0 else { return }
    minimum = images == 0 ? other.minimum : min(minimum, other.minimum)
    maximum = images == 0 ? other.maximum : max(maximum, other.maximum)
    mergeMoments(other)
    images += other.images
    scales = Self.union(scales, other.scales)
    zeroPoints = Self.union(zeroPoints, other.zeroPoints)
    histogram.merge(other.histogram)
    clipping.merge(other.clipping)
    usedSteps += other.usedSteps
    let missing = other.channelMaxima.count - channelMaxima.count
    channelMaxima += [Float](repeating: 0, count: max(0, missing))
    for (channel, value) in other.channelMaxima.enumerated() {
      channelMaxima[channel] = max(channelMaxima[channel], value)
    }
  }

  /// Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
  /// Variances" (1979).
  private mutating func mergeMoments(_ other: InputStatistics) {
    let total = Double(count + other.count)
    guard total > 0 else { return }
    let distance = other.mean - mean
    spread += other.spread + distance * distance * Double(count) * Double(other.count) / total
    mean += distance * Double(other.count) / total
    count += other.count
  }

  private static func union<Bound>(
    _ left: ClosedRange<Bound>?, _ right: ClosedRange<Bound>?
  ) -> ClosedRange<Bound>? {
    guard let left, let right else { return left ?? right }
    return min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
  }
}

extension InputStatistics {
  /// Of one image: finite `values`, row-major, with `channels` indices along the last axis.
  init(_ values: [Float], channels: Int) {
    images = 1
    count = values.count
    minimum = values.min() ?? 0
    maximum = values.max() ?? 0
    mean = values.isEmpty ? 0 : values.reduce(0) { $0 + Double($1) } / Double(values.count)
    spread = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    histogram.add(values)
    let quantization = DynamicQuantization(minimum: minimum, maximum: maximum)
    let zeroPoint = Int(quantization.zeroPoint)
    scales = quantization.scale...quantization.scale
    zeroPoints = zeroPoint...zeroPoint
    quantize(
      values, AffineParameters(scale: quantization.scale, zeroPoint: Int32(zeroPoint)))
    channelMaxima = [Float](repeating: 0, count: channels)
    for (position, value) in values.enumerated() {
      let channel = position % channels
      channelMaxima[channel] = max(channelMaxima[channel], value.magnitude)
    }
  }

  private mutating func quantize(_ values: [Float], _ parameters: AffineParameters) {
    var isUsed = [Bool](repeating: false, count: 256)
    let zeroPoint = Float(parameters.zeroPoint)
    for value in values {
      // As DynamicQuantizeLinear: a clamp that makes NaN (0 / 0) the least, then halves to even.
      let steps = min(255 - zeroPoint, max(-zeroPoint, value / parameters.scale))
      let quantized = Int32(steps.rounded(.toNearestOrEven)) + parameters.zeroPoint
      isUsed[Int(quantized)] = true
      clipping.add(value, quantized: quantized, parameters, range: 0...255)
    }
    usedSteps = isUsed.count { $0 }
  }
}

/// A channel whose values are far greater than those of the others.
public struct OutlierChannel: Sendable, Equatable, Codable {
  /// The index along the last axis.
  public var channel: Int
  /// Its greatest magnitude.
  public var magnitude: Float
  /// The magnitude over the median of all channels' greatest magnitudes.
  public var ratio: Double
}

extension InputStatistics {
  /// A channel is an outlier where its greatest magnitude is more than this many times the median of
  /// all channels'.
  ///
  /// The idea is that of Dettmers et al., "LLM.int8()" (2022): few channels of large values set the
  /// scale for all. They call a value of 6 or more an outlier. Activations of Vision Transformers
  /// differ in scale from node to node, so that here it is 6 times the median.
  public static let outlierRatio = 6.0

  /// The number of outlier channels, and the greatest eight of them, greatest first.
  public var outliers: (count: Int, greatest: [OutlierChannel]) {
    let sorted = channelMaxima.sorted()
    guard !sorted.isEmpty else { return (0, []) }
    let median =
      (Double(sorted[(sorted.count - 1) / 2]) + Double(sorted[sorted.count / 2])) / 2
    guard median > 0 else { return (0, []) }
    let found = channelMaxima.enumerated().compactMap { channel, magnitude -> OutlierChannel? in
      let ratio = Double(magnitude) / median
      guard ratio > Self.outlierRatio else { return nil }
      return OutlierChannel(channel: channel, magnitude: magnitude, ratio: ratio)
    }
    let greatest = found.sorted { ($1.ratio, $0.channel) < ($0.ratio, $1.channel) }.prefix(8)
    return (found.count, Array(greatest))
  }
}
