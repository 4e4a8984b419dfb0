/// Latencies of two ways of doing the same, measured by turns in one process, so that whatever
/// else happens on the machine happens to both.
public struct InterleavedRun: Sendable, Equatable {
  /// Latencies of the baseline's runs, in the order of the runs.
  public private(set) var baseline: [Duration] = []
  /// Latencies of the optimized runs.
  public private(set) var optimized: [Duration] = []

  /// Runs both until each has spent `duration`, after `warmups` runs of each that do not count.
  ///
  /// The first two runs that count, and whenever both sides have spent the same, are one of each;
  /// otherwise the side that has spent less goes next. So both sides cover the whole time however
  /// much faster one is, and each ends with the first run that takes its sum of latencies to
  /// `duration`, as the harness of the published ViT-Base card does.
  ///
  /// - Parameter now: The time since some fixed moment; only tests need another clock.
  /// - Throws: What `baseline` or `optimized` throws.
  public static func measure(
    duration: Duration, warmups: Int, now: () -> Duration = monotonicTime,
    baseline: () throws -> Void, optimized: () throws -> Void
  ) throws -> InterleavedRun {
    for warmup in 0..<warmups {
      try warmup.isMultiple(of: 2) ? baseline() : optimized()
      try warmup.isMultiple(of: 2) ? optimized() : baseline()
    }
    var result = InterleavedRun()
    var spent: (baseline: Duration, optimized: Duration) = (.zero, .zero)
    repeat {
      let start = now()
      if spent.baseline <= spent.optimized {
        try baseline()
        let latency = now() - start
        result.baseline.append(latency)
        spent.baseline += latency
      } else {
        try optimized()
        let latency = now() - start
        result.optimized.append(latency)
        spent.optimized += latency
      }
    } while min(spent.baseline, spent.optimized) < duration || result.optimized.isEmpty
    return result
  }
}

/// Time on a clock that never goes back.
public func monotonicTime() -> Duration { processStart.duration(to: .now) }

private let processStart = ContinuousClock.now
