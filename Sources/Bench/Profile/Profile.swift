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

    /// Name of the last of the nodes that the step stands for.
    public var name: String { origins.last.map { $0.name.isEmpty ? $0.opType : $0.name } ?? "" }

    /// Billions of operations a second, a multiply-add being two; nil where there are no products.
    public var rate: Double? {
      work.map { 2 * Double($0.multiplyAdds) / milliseconds / 1e6 }
    }
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

  /// Time of all steps of a kernel together, the longest first.
  public var kernels: [(kernel: String, steps: Int, milliseconds: Double, rate: Double?)] {
    Dictionary(grouping: rows, by: \.kernel)
      .map { kernel, rows in
        let time = rows.map(\.milliseconds).reduce(0, +)
        let work = rows.compactMap(\.work?.multiplyAdds)
        let rate = work.isEmpty ? nil : 2 * Double(work.reduce(0, +)) / time / 1e6
        return (kernel, rows.count, time, rate)
      }
      .sorted { ($0.milliseconds, $1.kernel) > ($1.milliseconds, $0.kernel) }
  }
}

/// The middle value, or the mean of the two in the middle.
private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
