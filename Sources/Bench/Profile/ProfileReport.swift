import ViTEngine
import ViTKernel

/// A profile beside what the processor can do at most, as `report.json` has it.
public struct ProfileReport: Codable, Sendable, Equatable {
  /// Name and version of this layout.
  public static let schema = "vitq.profile/1"

  /// The most that the processor can do, measured on the same threads.
  public struct PeakRates: Codable, Sendable, Equatable {
    /// Billions of float32 operations a second, a multiply-add being two.
    public var floatGflops: Double
    /// What that was measured with.
    public var floatInstruction: String
    /// Billions of operations on bytes a second.
    public var int8Gops: Double
    /// What that was measured with.
    public var int8Instruction: String

    enum CodingKeys: String, CodingKey {
      case floatGflops = "float_gflops"
      case floatInstruction = "float_instruction"
      case int8Gops = "int8_gops"
      case int8Instruction = "int8_instruction"
    }
  }

  /// One step of the plan.
  public struct Step: Codable, Sendable, Equatable {
    /// What ran, such as `quantizedLinear`.
    public var kernel: String
    /// Names of the model's nodes that it stands for; the operator of a node without a name.
    public var nodes: [String]
    /// Median time of a run in milliseconds.
    public var milliseconds: Double
    /// Multiply-adds of a run; nil where the step is not about products.
    public var multiplyAdds: Int?
    /// What they are done in.
    public var arithmetic: Arithmetic?
    /// The time that they take at the peak as a fraction of the step's; nil where there are none, or the
    /// step took no time that the clock could see.
    public var shareOfPeak: Double?

    enum CodingKeys: String, CodingKey {
      case kernel, nodes, milliseconds, arithmetic
      case multiplyAdds = "multiply_adds"
      case shareOfPeak = "share_of_peak"
    }
  }

  /// ``schema``, or that of the program that wrote the report.
  public var schema = Self.schema
  /// Where it was measured; nil in reports that do not say.
  public var machine: Machine?
  /// The model; nil in reports that do not say.
  public var model: ModelSummary?
  /// Images of a run.
  public var batchSize: Int
  /// Threads that ran it.
  public var threads: Int
  /// Runs that were timed.
  public var runs: Int
  /// Median time of a whole run in milliseconds, taken apart from the steps.
  public var milliseconds: Double
  /// The most that the processor can do.
  public var peak: PeakRates
  /// The steps in order.
  public var steps: [Step]

  enum CodingKeys: String, CodingKey {
    case schema, machine, model, threads, runs, milliseconds, peak, steps
    case batchSize = "batch_size"
  }
}

extension ProfileReport {
  /// The report of `profile`.
  ///
  /// - Parameters:
  ///   - peak: What the processor can do at most, measured on the same threads.
  ///   - machine: Where both were measured.
  ///   - model: What was profiled.
  public init(_ profile: Profile, peak: Peak, machine: Machine?, model: ModelSummary?) {
    self.machine = machine
    self.model = model
    batchSize = profile.batchSize
    threads = profile.threads
    runs = profile.runs
    milliseconds = profile.milliseconds
    self.peak = PeakRates(
      floatGflops: peak.float, floatInstruction: peak.floatInstruction, int8Gops: peak.int8,
      int8Instruction: peak.int8Instruction)
    steps = []
    steps = profile.rows.map { row in
      var step = Step(
        kernel: row.kernel, nodes: row.origins.map { $0.name.isEmpty ? $0.opType : $0.name },
        milliseconds: row.milliseconds, multiplyAdds: row.work?.multiplyAdds,
        arithmetic: row.work?.arithmetic)
      step.shareOfPeak = share(of: [step])
      return step
    }
  }
}

extension ProfileReport.Step {
  /// Name of the last of the nodes that the step stands for.
  public var name: String { nodes.last ?? "" }

  /// Billions of operations a second, a multiply-add being two; nil where there are no products.
  public var rate: Double? {
    multiplyAdds.map { 2 * Double($0) / milliseconds / 1e6 }
  }
}

extension ProfileReport {
  /// All steps of one kernel.
  public struct Kernel: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// The steps in order.
    public let steps: [Step]
    /// Their time in milliseconds.
    public let milliseconds: Double
    /// Billions of operations a second over all of them; nil where there are no products.
    public let rate: Double?
    /// The share of the peak that those with products reach together; nil where there are none.
    public let shareOfPeak: Double?
  }

  /// The kernels, those that take longest first.
  public var kernels: [Kernel] {
    Dictionary(grouping: steps, by: \.kernel)
      .map { name, steps in
        let time = steps.map(\.milliseconds).reduce(0, +)
        let work = steps.compactMap(\.multiplyAdds)
        let rate = 2 * work.map { Double($0) }.reduce(0, +) / time / 1e6
        return Kernel(
          name: name, steps: steps, milliseconds: time, rate: work.isEmpty ? nil : rate,
          shareOfPeak: share(of: steps))
      }
      .sorted { ($0.milliseconds, $1.name) > ($1.milliseconds, $0.name) }
  }

  /// Time of the run that no step explains, in milliseconds.
  var millisecondsBetween: Double { milliseconds - steps.map(\.milliseconds).reduce(0, +) }

  /// Time that all products take at the peak, in milliseconds.
  var millisecondsAtPeak: Double { steps.compactMap(millisecondsAtPeak).reduce(0, +) }

  /// The time that the products of `step` take at the peak; nil where it has none.
  private func millisecondsAtPeak(_ step: Step) -> Double? {
    step.multiplyAdds.map {
      2 * Double($0) / (step.arithmetic == .int8 ? peak.int8Gops : peak.floatGflops) / 1e6
    }
  }

  /// The share of the peak that those of `steps` with products reach together; nil where there are none,
  /// or they took no time that the clock could see.
  private func share(of steps: [Step]) -> Double? {
    let products = steps.filter { $0.multiplyAdds != nil }
    let time = products.map(\.milliseconds).reduce(0, +)
    guard time > 0 else { return nil }
    return products.compactMap(millisecondsAtPeak).reduce(0, +) / time
  }
}
