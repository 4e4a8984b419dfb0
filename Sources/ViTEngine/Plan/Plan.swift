import Synchronization
import ViTKernel

/// A model compiled for one set of input shapes: its steps in order, all memory placed.
///
/// Fill ``inputs``, call ``run()``, read ``outputs``. A run allocates nothing as long as every
/// operator has a kernel; one that only the plain reference implements allocates its result.
public final class Plan: Sendable {
  /// The tensors to fill, by name; they keep their contents between runs.
  public let inputs: [String: Tensor]
  /// The results, by name, overwritten by each run.
  public let outputs: [String: Tensor]
  /// Bytes of memory for values between inputs and outputs.
  public let arenaBytes: Int
  let steps: [Step]
  /// Inputs and results of steps, by name; most share memory with others.
  let values: [String: Tensor]
  /// Names of the values whose memory holds the outputs after a run.
  let results: Set<String>
  /// Values that are another shape of one in ``values``, and the name of that.
  let views: [String: String]
  private let lock = Mutex(())

  init(
    inputs: [String: Tensor], outputs: [String: Tensor], arenaBytes: Int, steps: [Step],
    values: [String: Tensor], results: Set<String>, views: [String: String]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.arenaBytes = arenaBytes
    self.steps = steps
    self.values = values
    self.results = results
    self.views = views
  }

  /// What the plan does, in order.
  public var stepDescriptions: [StepDescription] {
    steps.map {
      StepDescription(
        kernel: $0.kernel, origins: $0.origins, work: $0.work, attention: $0.attention)
    }
  }

  /// Runs all steps.
  ///
  /// - Throws: ``EngineError`` naming the node where an operator's rules forbid the data, such as an
  ///   index out of range.
  public func run() throws(EngineError) {
    try run(steps: steps.indices)
  }

  /// Runs a part of the steps, on what the values that they read hold.
  ///
  /// - Precondition: `range` lies within the steps.
  /// - Throws: As ``run()``.
  public func run(steps range: Range<Int>) throws(EngineError) {
    try lock.withLock { _ throws(EngineError) in
      for step in steps[range] { try run(step) }
    }
  }

  /// Copies `values` in, runs, and copies the outputs out; in one piece, so that threads which share
  /// a plan don't mix their data.
  func run(_ values: [String: Tensor]) throws(EngineError) -> [String: Tensor] {
    try lock.withLock { _ throws(EngineError) in
      for (name, tensor) in inputs {
        if let value = values[name] { tensor.copyElements(from: value) }
      }
      for step in steps { try run(step) }
      return outputs.mapValues { $0.copy() }
    }
  }

  /// Runs all steps and adds each one's nanoseconds to `elapsed`, one element for each step.
  public func run(adding elapsed: inout [Int64]) throws(EngineError) {
    let clock = ContinuousClock()
    for (index, step) in steps.enumerated() {
      let start = clock.now
      try run(step)
      let duration = clock.now - start
      elapsed[index] +=
        duration.components.attoseconds / 1_000_000_000
        + duration.components.seconds * 1_000_000_000
    }
  }

  private func run(_ step: Step) throws(EngineError) {
    do {
      try step.body()
    } catch {
      throw EngineError(step.origins.last?.label ?? step.kernel, error)
    }
  }
}

extension Tensor {
  /// A tensor with storage of its own and the same elements.
  func copy() -> Tensor {
    let result = Tensor(elementType, shape: shape)
    result.copyElements(from: self)
    return result
  }
}
