/// The figures of one side of one cell, under the names that the harness of the published ViT-Base
/// card has for them.
public struct TimeMetrics: Codable, Sendable, Equatable {
  /// Runs that were measured.
  public var forwards: Int
  /// Runs over the nominal duration, in 1/s, as that harness has it. The last run ends after
  /// that duration, so this is a little more than the runs that would fit.
  public var throughput: Double
  /// Mean latency in ms.
  public var latencyMean: Double
  /// Standard deviation of the latencies in ms, that of a population.
  public var latencyStandardDeviation: Double
  /// Median latency in ms.
  public var latency50: Double
  /// 90th percentile in ms.
  public var latency90: Double
  /// 95th percentile in ms.
  public var latency95: Double
  /// 99th percentile in ms.
  public var latency99: Double
  /// 99.9th percentile in ms.
  public var latency999: Double
  /// Images over the time that the runs took, in 1/s.
  public var imagesPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case forwards = "nb_forwards"
    case throughput
    case latencyMean = "latency_mean"
    case latencyStandardDeviation = "latency_std"
    case latency50 = "latency_50"
    case latency90 = "latency_90"
    case latency95 = "latency_95"
    case latency99 = "latency_99"
    case latency999 = "latency_999"
    case imagesPerSecond = "images_per_second"
  }
}

extension TimeMetrics {
  /// The figures for `latencies` of runs over `batchSize` images each.
  ///
  /// - Precondition: There is a latency, and `duration` is positive.
  public init(latencies: [Duration], batchSize: Int, duration: Duration) {
    precondition(!latencies.isEmpty && duration > .zero)
    let milliseconds = latencies.map { $0.seconds * 1000 }
    let sorted = milliseconds.sorted()
    let count = Double(milliseconds.count)
    let sum = milliseconds.reduce(0, +)
    let mean = sum / count
    let squares = milliseconds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    forwards = latencies.count
    throughput = count / duration.seconds
    latencyMean = mean
    latencyStandardDeviation = (squares / count).squareRoot()
    latency50 = quantile(0.5, ofSorted: sorted)
    latency90 = quantile(0.9, ofSorted: sorted)
    latency95 = quantile(0.95, ofSorted: sorted)
    latency99 = quantile(0.99, ofSorted: sorted)
    latency999 = quantile(0.999, ofSorted: sorted)
    imagesPerSecond = count * Double(batchSize) / (sum / 1000)
  }
}

/// The value below which `fraction` of `sorted` lies, linear between neighbours: `numpy.quantile`.
package func quantile(_ fraction: Double, ofSorted sorted: [Double]) -> Double {
  let position = Double(sorted.count - 1) * fraction
  let lower = Int(position)
  let upper = min(lower + 1, sorted.count - 1)
  let part = position - Double(lower)
  let step = sorted[upper] - sorted[lower]
  return part < 0.5 ? sorted[lower] + step * part : sorted[upper] - step * (1 - part)
}

extension Duration {
  /// The whole duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
