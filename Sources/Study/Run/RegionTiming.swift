import Bench

/// Time that a variant takes more or less than its base, over the steps in which the two differ.
///
/// Both are run by turns on the same values, so that whatever else happens on the machine happens to
/// both. Their weights and activations are in the caches, more so than in a run of the whole model.
public struct RegionTiming: Codable, Sendable, Equatable {
  /// Pairs of runs.
  public var runs: Int
  /// Median time of the base's steps in microseconds.
  public var base: Double
  /// Median time of the variant's steps in microseconds.
  public var variant: Double
  /// Median difference of a pair, the variant's time less the base's, in microseconds.
  public var difference: Double
  /// The 10th percentile of the differences.
  public var difference10: Double
  /// The 90th percentile of the differences.
  public var difference90: Double

  enum CodingKeys: String, CodingKey {
    case runs
    case base = "base_us"
    case variant = "variant_us"
    case difference = "difference_us"
    case difference10 = "difference_10_us"
    case difference90 = "difference_90_us"
  }
}

extension RegionTiming {
  /// Seconds after which no more pairs are run than ``leastRuns``: steps of a whole model take that
  /// long that few pairs say enough.
  private static let longest = 1.0
  private static let leastRuns = 3

  /// Runs both so many times by turns, or fewer where they take long, after one run of each that does
  /// not count.
  ///
  /// - Precondition: `runs` is positive.
  static func measure(
    runs limit: Int, now: () -> Duration = monotonicTime, base: () throws -> Void,
    variant: () throws -> Void
  ) throws -> RegionTiming {
    func time(_ body: () throws -> Void) throws -> Double {
      let start = now()
      try body()
      return (now() - start).microseconds
    }
    let first = try time(base) + time(variant)
    let affordable = Int(min(Double(limit), longest * 1e6 / max(first, 1)))
    let runs = min(limit, max(leastRuns, affordable))
    var pairs: [(base: Double, variant: Double)] = []
    for run in 0..<runs {
      // Who comes second finds more of the values in the cache.
      if run.isMultiple(of: 2) {
        let first = try time(base)
        pairs.append((first, try time(variant)))
      } else {
        let first = try time(variant)
        pairs.append((try time(base), first))
      }
    }
    let differences = pairs.map { $0.variant - $0.base }.sorted()
    return RegionTiming(
      runs: runs, base: quantile(0.5, ofSorted: pairs.map(\.base).sorted()),
      variant: quantile(0.5, ofSorted: pairs.map(\.variant).sorted()),
      difference: quantile(0.5, ofSorted: differences),
      difference10: quantile(0.1, ofSorted: differences),
      difference90: quantile(0.9, ofSorted: differences))
  }
}

extension Duration {
  fileprivate var microseconds: Double {
    Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
  }
}
