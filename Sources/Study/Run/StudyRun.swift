import Bench
import ViTEngine
import ViTKernel

/// A study under way.
struct StudyRun {
  let preparation: StudyPreparation
  let store: StudyStore?
  let timingRuns: Int
  private var doneSeconds = 0.0
  private var doneVariants = 0

  init(preparation: StudyPreparation, store: StudyStore?, timingRuns: Int) {
    self.preparation = preparation
    self.store = store
    self.timingRuns = timingRuns
  }

  /// Runs every variant over the images of `pass`.
  mutating func run(
    _ pass: StudyPass, into results: inout VariantResults, _ progress: (StudyProgress) -> Void
  ) throws {
    doneVariants = 0
    let pixels = try pass.images.map { try preparation.images.pixels($0) }
    try runBases(pixels, pass, into: &results)
    report(pass, progress)
    for base in [VariantTable.Base.fp32, .all] {
      guard let sweep = preparation.sweep(base) else { continue }
      var known: Set<Int> = []
      for branch in sweep.branches {
        guard let kept = store?.kept(variant: branch.index, pass: pass),
          kept.timing != nil || timingRuns == 0 || pass.index > 0
        else { continue }
        known.insert(branch.index)
        try results.add(kept.logits, kept.timing, of: branch.index, images: pass.images)
        count(branch.index, pass)
      }
      try sweep.run(
        images: pixels, timingRuns: pass.index == 0 ? timingRuns : 0, isDone: known.contains
      ) { branch, logits, timing in
        try store?.keep(logits, timing, variant: branch.index, pass: pass.index)
        try results.add(logits, timing, of: branch.index, images: pass.images)
        count(branch.index, pass)
        report(pass, progress)
      }
    }
  }

  /// The fp32 model's logits, which everything else is compared with.
  private mutating func runBases(
    _ pixels: [[Float]], _ pass: StudyPass, into results: inout VariantResults
  ) throws {
    guard let base = preparation.bases[.fp32] else { return }
    let logits = try pixels.map { pixels in
      try preparation.study.input.fill(base.plan, with: pixels)
      try base.plan.run()
      return base.scores.elements(of: Float.self)
    }
    if let kept = store?.kept(variant: VariantTable.fp32, pass: pass) {
      // Another instruction set or another version: what is there can't be compared with.
      guard kept.logits == logits else { throw StudyError.otherLogits(store?.folder ?? "") }
    }
    try store?.keep(logits, nil, variant: VariantTable.fp32, pass: pass.index)
    try results.add(logits, nil, of: VariantTable.fp32, images: pass.images)
    doneVariants += 1
  }

  private mutating func count(_ variant: Int, _ pass: StudyPass) {
    doneVariants += 1
    doneSeconds += preparation.seconds(of: variant) * Double(pass.images.count)
  }

  private func report(_ pass: StudyPass, _ progress: (StudyProgress) -> Void) {
    let total = preparation.branches.indices.reduce(0) { $0 + preparation.seconds(of: $1) }
    let images = preparation.images.images.entries.count
    progress(
      .running(
        done: doneVariants, of: preparation.own.count, pass: pass.index + 1,
        passes: pass.count, share: total > 0 ? doneSeconds / (total * Double(images)) : 1))
  }
}

/// What has been found out about each variant, image by image.
struct VariantResults {
  private(set) var errors: [LogitErrorSums]
  /// The class that each variant gives each image; -1 where its scores are not numbers.
  private(set) var answers: [[Int]]
  private(set) var timings: [RegionTiming?]
  /// The logits of each image, where they are kept.
  private(set) var logits: [[[Float]]]
  private let keepsLogits: Bool
  let labels: [Int]?
  /// The fp32 logits of the images seen so far.
  private var reference: [[Float]] = []

  init(count: Int, labels: [Int]?, keepsLogits: Bool = false) {
    logits = Array(repeating: [], count: count)
    self.keepsLogits = keepsLogits
    errors = Array(repeating: LogitErrorSums(), count: count)
    answers = Array(repeating: [], count: count)
    timings = Array(repeating: nil, count: count)
    self.labels = labels
  }

  /// Adds what `variant` made of `images`, which come in order.
  mutating func add(
    _ logits: [[Float]], _ timing: RegionTiming?, of variant: Int, images: Range<Int>
  ) throws {
    if variant == VariantTable.fp32 { reference = logits }
    guard logits.count == images.count, logits.count == reference.count else {
      throw StudyError.invalid("\(logits.count) rows of logits for \(images.count) images")
    }
    for (own, expected) in zip(logits, reference) {
      try errors[variant].add(baseline: expected, candidate: own)
      answers[variant].append(argmax(own) ?? -1)
    }
    if keepsLogits { self.logits[variant] += logits }
    if let timing { timings[variant] = timing }
  }

  /// How often `variant` is right, against `other`; nil without labels.
  func comparison(of variant: Int, with other: Int) -> PairedComparison? {
    guard let labels else { return nil }
    return PairedComparison(
      PairedOutcomes(labels: labels, baseline: answers[other], candidate: answers[variant]))
  }
}
