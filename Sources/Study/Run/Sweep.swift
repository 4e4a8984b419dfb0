import Bench
import ViTEngine
import ViTKernel

/// Runs many variants of a model over the same images, each from the step in which it first differs
/// from a base on.
///
/// The base runs once over all images: its values at the step at hand are kept for each image, a
/// variant takes them up and goes on alone, and the base moves on to the next variant's step. Sorted by
/// that step, n variants spread evenly over a model cost about n / 2 + 1 runs of it.
struct Sweep {
  /// A variant and where it leaves the base.
  struct Branch {
    /// The caller's own number of the variant.
    let index: Int
    let variant: Variant
    /// Steps that it has in common with the base at the beginning.
    let prefix: Int
    /// Steps that it has in common with the base at the end.
    let suffix: Int
    /// Values that it needs to go on from there.
    let needs: [String]
  }

  let model: StudyModel
  let base: CompiledVariant
  /// In ascending order of ``Branch/prefix``.
  let branches: [Branch]

  init(model: StudyModel, base: CompiledVariant, branches: [Branch]) {
    self.model = model
    self.base = base
    self.branches = branches.sorted { ($0.prefix, $0.index) < ($1.prefix, $1.index) }
  }

  /// Where `variant` leaves `base`.
  static func branch(
    _ variant: CompiledVariant, index: Int, from base: CompiledVariant
  ) -> Branch {
    let prefix = base.plan.commonPrefix(with: variant.plan)
    let shorter = min(base.count, variant.count)
    let suffix = min(base.plan.commonSuffix(with: variant.plan), shorter - prefix)
    return Branch(
      index: index, variant: variant.variant, prefix: prefix, suffix: suffix,
      needs: variant.plan.liveValues(before: prefix))
  }

  /// Runs all branches over `images`, pixels of one image each.
  ///
  /// - Parameters:
  ///   - timingRuns: Runs of the steps in which a branch differs, to time them; 0 for none.
  ///   - isDone: Whether the branch of this index need not be run.
  ///   - finished: Is given each branch's logits of each image and its times.
  func run(
    images: [[Float]], timingRuns: Int, isDone: (Int) -> Bool,
    finished: (Branch, [[Float]], RegionTiming?) throws -> Void
  ) throws {
    var runner = SweepRunner(sweep: self, images: try images.map(initial))
    for (position, branch) in branches.enumerated() where !isDone(branch.index) {
      try runner.advance(to: branch.prefix, for: branches[position...].filter { !isDone($0.index) })
      let compiled = try model.compile(branch.variant)
      let logits = try runner.run(compiled, branch)
      let timing = try runner.time(compiled, branch, runs: timingRuns)
      try finished(branch, logits, timing)
    }
  }

  private func initial(_ pixels: [Float]) throws -> Checkpoint {
    try model.input.fill(base.plan, with: pixels)
    var checkpoint = Checkpoint()
    for name in base.plan.inputs.keys { checkpoint.keep(name, of: base.plan) }
    return checkpoint
  }
}

/// The images' values as the base goes through its steps.
private struct SweepRunner {
  let base: CompiledVariant
  private var images: [Checkpoint]
  private var position = 0

  init(sweep: Sweep, images: [Checkpoint]) {
    base = sweep.base
    self.images = images
  }

  /// Takes every image to the values before step `target`.
  mutating func advance(to target: Int, for branches: some Collection<Sweep.Branch>) throws {
    guard target > position else { return }
    let live = Set(base.plan.liveValues(before: position))
    let wanted = branches.reduce(into: Set(base.plan.liveValues(before: target))) {
      $0.formUnion($1.needs)
    }
    // A value that the base itself no longer needs loses its memory: it is kept as soon as it is made.
    let makers = base.plan.makers(of: wanted, in: position..<target)
    for index in images.indices {
      images[index].restore(live.sorted(), to: base.plan)
      var start = position
      for (step, names) in makers {
        try base.plan.run(steps: start..<step + 1)
        start = step + 1
        for name in names { images[index].keep(name, of: base.plan) }
      }
      try base.plan.run(steps: start..<target)
      images[index].forget(allBut: wanted)
    }
    position = target
  }

  /// The logits of every image, from the base's values on.
  func run(_ compiled: CompiledVariant, _ branch: Sweep.Branch) throws -> [[Float]] {
    let steps = branch.prefix..<compiled.count
    return try images.map { image in
      image.restore(branch.needs, to: compiled.plan)
      try compiled.plan.run(steps: steps)
      return compiled.scores.elements(of: Float.self)
    }
  }

  /// The times of the steps that the branch and the base do not have in common, on the first image.
  func time(
    _ compiled: CompiledVariant, _ branch: Sweep.Branch, runs: Int
  ) throws -> RegionTiming? {
    guard runs > 0, let image = images.first else { return nil }
    image.restore(base.plan.liveValues(before: position), to: base.plan)
    image.restore(branch.needs, to: compiled.plan)
    let own = branch.prefix..<compiled.count - branch.suffix
    let others = branch.prefix..<base.count - branch.suffix
    return try RegionTiming.measure(
      runs: runs, base: { try base.plan.run(steps: others) },
      variant: { try compiled.plan.run(steps: own) })
  }
}
