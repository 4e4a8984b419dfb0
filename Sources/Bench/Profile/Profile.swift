import Foundation
import OnnxParse
import ViTEngine
import ViTKernel

/// Where the time of a model goes: each step of its plan, timed over many runs.
public struct Profile: Sendable {
  /// One step of the plan.
  public struct Row: Sendable {
    /// What ran, such as `quantizedLinear`.
    public let kernel: String
    /// The model's nodes that it stands for.
    public let origins: [NodeOrigin]
    /// The products that it consists of; nil where it is not about products.
    public let work: Work?
    /// Median time of a run in milliseconds.
    public let milliseconds: Double
  }

  /// The steps in order.
  public let rows: [Row]
  /// Median time of a whole run in milliseconds, taken apart from the steps.
  public let milliseconds: Double
  /// Images of a run.
  public let batchSize: Int
  /// Threads that ran it.
  public let threads: Int
  /// Runs that were timed.
  public let runs: Int
  /// Start and duration of each step of the last run, in nanoseconds.
  let lastRun: [Int64]

  /// Times `plan`, whose inputs are filled, over `runs` runs after `warmups`.
  ///
  /// - Precondition: `runs >= 1`.
  /// - Throws: ``EngineError`` where a run fails.
  public init(
    plan: Plan, batchSize: Int, threads: Int, warmups: Int, runs: Int
  ) throws(EngineError) {
    precondition(runs >= 1)
    for _ in 0..<warmups { try plan.run() }
    let steps = plan.stepDescriptions
    var times: [[Int64]] = Array(repeating: [], count: steps.count)
    var wholes: [Double] = []
    var last: [Int64] = []
    let clock = ContinuousClock()
    for _ in 0..<runs {
      let start = clock.now
      try plan.run()
      wholes.append((clock.now - start) / .milliseconds(1))
      last = Array(repeating: 0, count: steps.count)
      try plan.run(adding: &last)
      for (index, time) in last.enumerated() { times[index].append(time) }
    }
    rows = zip(steps, times).map { step, times in
      Row(
        kernel: step.kernel, origins: step.origins, work: step.work,
        milliseconds: median(times.map { Double($0) / 1e6 }))
    }
    milliseconds = median(wholes)
    self.batchSize = batchSize
    self.threads = threads
    self.runs = runs
    lastRun = last
  }
}

/// The middle value, or the mean of the two in the middle.
private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
