import Quant

/// What quantization does at one node, whatever it does to the logits.
public struct LocalReport: Codable, Sendable, Equatable {
  /// The node's name, or its first output where it has none.
  public var node: String
  /// Images measured.
  public var images: Int
  /// Error at the node's output where only its constants are quantized; nil where it has none.
  public var weights: ErrorMetrics?
  /// The same where only its activations are.
  public var activations: ErrorMetrics
  /// The same where both are: the quantized node on the fp32 model's values.
  public var both: ErrorMetrics
  /// Error that comes in: the fp32 node on the values that the reference has there.
  public var inherited: ErrorMetrics
  /// Error that is made here: the quantized node against the fp32 node on those values.
  public var created: ErrorMetrics
  /// The two together.
  public var total: ErrorMetrics
  /// Share of the error energy of the constants that is clamping and not rounding; nil where it has
  /// none.
  public var weightClipping: Double?
  /// The activations that it reads.
  public var inputs: [Input]
  /// What `vpmaddubsw` would have done; nil but for products of activations with an int8 matrix.
  public var saturation: Saturation?

  /// One activation that a node reads.
  public struct Input: Codable, Sendable, Equatable {
    /// The value's name.
    public var name: String
    /// Least value over all images.
    public var minimum: Float
    /// Greatest value.
    public var maximum: Float
    /// Mean.
    public var mean: Double
    /// Standard deviation.
    public var standardDeviation: Double
    /// Least and greatest scale that DynamicQuantizeLinear gives an image.
    public var scales: [Float]
    /// Least and greatest zero point.
    public var zeroPoints: [Int]
    /// Counts of values.
    public var histogram: Bins
    /// Share of the values that are clamped.
    public var clampedShare: Double
    /// Share of the error energy that is clamping and not rounding.
    public var clippingShare: Double
    /// Share of the 256 steps that an image uses, in the mean.
    public var usedStepShare: Double
    /// Number of channels whose greatest magnitude is more than 6 times the median of all channels'.
    public var outlierCount: Int
    /// The greatest eight of them.
    public var outliers: [OutlierChannel]

    enum CodingKeys: String, CodingKey {
      case name, minimum, maximum, mean, scales, histogram, outliers
      case standardDeviation = "standard_deviation"
      case zeroPoints = "zero_points"
      case clampedShare = "clamped_share"
      case clippingShare = "clipping_share"
      case usedStepShare = "used_step_share"
      case outlierCount = "outlier_count"
    }
  }

  /// Counts over intervals of equal width.
  public struct Bins: Codable, Sendable, Equatable {
    /// Where the first interval begins.
    public var start: Double
    /// Width of each.
    public var width: Double
    /// Values in each.
    public var counts: [Int]
  }

  /// What AVX2's `vpmaddubsw` would have done to a product, where nothing is done against it.
  public struct Saturation: Codable, Sendable, Equatable {
    /// Images on which pairs were counted.
    public var images: Int
    /// Images on which any pair saturated.
    public var affectedImages: Int
    /// Pairs of products in all.
    public var pairs: Int
    /// Pairs that saturated.
    public var saturated: Int
    /// SQNR in dB of the node's output with saturation against that without.
    public var sqnr: Double
    /// The greatest magnitude that a pair could reach; more than 32767 can saturate.
    public var largestPair: Int
    /// Whether 7-bit weights would be needed there.
    public var reduceRange: SaturationCount.Need

    enum CodingKeys: String, CodingKey {
      case images, pairs, saturated, sqnr
      case affectedImages = "affected_images"
      case largestPair = "largest_pair"
      case reduceRange = "reduce_range"
    }
  }

  enum CodingKeys: String, CodingKey {
    case node, images, weights, activations, both, inherited, created, total, inputs, saturation
    case weightClipping = "weight_clipping"
  }
}

extension LocalReport {
  /// What `measurement` says of `node`.
  public init(node: String, measurement: NodeMeasurement) {
    let (local, propagated) = (measurement.local, measurement.propagated)
    self.init(
      node: node, images: measurement.images, weights: local.weights?.metrics,
      activations: local.activations.metrics, both: local.both.metrics,
      inherited: propagated.inherited.metrics, created: propagated.created.metrics,
      total: propagated.total.metrics, weightClipping: measurement.weightClipping?.energyShare,
      inputs: measurement.inputs.sorted { $0.key < $1.key }.map(Input.init),
      saturation: measurement.saturation.map(Saturation.init))
  }
}

extension LocalReport.Input {
  fileprivate init(name: String, statistics: InputStatistics) {
    let outliers = statistics.outliers
    self.init(
      name: name, minimum: statistics.minimum, maximum: statistics.maximum, mean: statistics.mean,
      standardDeviation: statistics.standardDeviation,
      scales: statistics.scales.map { [$0.lowerBound, $0.upperBound] } ?? [],
      zeroPoints: statistics.zeroPoints.map { [$0.lowerBound, $0.upperBound] } ?? [],
      histogram: LocalReport.Bins(
        start: statistics.histogram.lowerBound, width: statistics.histogram.binWidth,
        counts: statistics.histogram.counts),
      clampedShare: statistics.clipping.clampedShare,
      clippingShare: statistics.clipping.energyShare, usedStepShare: statistics.usedStepShare,
      outlierCount: outliers.count, outliers: outliers.greatest)
  }
}

extension LocalReport.Saturation {
  fileprivate init(_ count: SaturationCount) {
    self.init(
      images: count.images, affectedImages: count.affectedImages, pairs: count.pairs,
      saturated: count.saturated, sqnr: count.error.metrics.sqnr, largestPair: count.largestPair,
      reduceRange: count.reduceRange)
  }
}
