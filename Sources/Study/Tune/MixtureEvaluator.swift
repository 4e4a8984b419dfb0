import Bench
import ViTEngine
import ViTKernel

/// Runs a mixture over all images, and by turns with fp32 to time it.
struct MixtureEvaluator {
  private let preparation: StudyPreparation
  private let reference: VariantResults
  private let moves: [TuneReport.Move]
  private let tuning: TuneOptions
  private let baseline: CompiledVariant
  /// fp32 logits of each image.
  private let logits: [[Float]]
  private let pixels: [Float]

  init(
    preparation: StudyPreparation, reference: VariantResults, moves: [TuneReport.Move],
    tuning: TuneOptions
  ) throws {
    self.preparation = preparation
    self.reference = reference
    self.moves = moves
    self.tuning = tuning
    baseline = try preparation.study.compile(preparation.variants[VariantTable.fp32].variant)
    logits = try Self.logits(of: baseline, preparation)
    pixels = try preparation.images.pixels(0)
  }

  /// The fp32 model, against itself.
  func fp32() throws -> TuneReport.Candidate { try candidate(baseline, moves: []) }

  /// The mixture that makes `mixture`, indices of moves.
  func candidate(_ mixture: [Int], _ variants: VariantTable) throws -> TuneReport.Candidate {
    try candidate(compile(mixture, variants), moves: mixture)
  }

  /// Times `candidate` anew, three times as long.
  func timeAgain(_ candidate: inout TuneReport.Candidate, _ variants: VariantTable) throws {
    let times = try time(compile(candidate.moves, variants), seconds: 3 * tuning.duration)
    candidate.baseline = times.baseline
    candidate.latency = times.own
  }

  private func compile(
    _ mixture: [Int], _ variants: VariantTable
  ) throws -> CompiledVariant {
    let chosen = mixture.map { moves[$0] }
    var forms: [String: NodeForm] = [:]
    for move in chosen {
      for node in move.nodes { forms[node] = move.form }
    }
    return try preparation.study.compile(
      variants.variant(chosen.flatMap(\.nodes), forms: forms))
  }

  private func candidate(
    _ compiled: CompiledVariant, moves: [Int]
  ) throws -> TuneReport.Candidate {
    var results = VariantResults(count: 2, labels: preparation.labels)
    let range = 0..<logits.count
    try results.add(logits, nil, of: VariantTable.fp32, images: range)
    try results.add(
      moves.isEmpty ? logits : Self.logits(of: compiled, preparation), nil, of: 1, images: range)
    guard let error = results.errors[1].error else {
      throw StudyError.invalid("no image to tune with")
    }
    let times = try time(compiled, seconds: tuning.duration)
    var candidate = TuneReport.Candidate(
      moves: moves, nodes: compiled.variant.nodes.count, logits: error,
      accuracy: results.comparison(of: 1, with: VariantTable.fp32), baseline: times.baseline,
      latency: times.own, savedBytes: compiled.savedBytes, isWithinBudget: false)
    // The fraction is a quotient of whole numbers; rounding must not decide.
    candidate.isWithinBudget = candidate.drop <= tuning.maxDrop + 1e-9
    return candidate
  }

  private static func logits(
    of compiled: CompiledVariant, _ preparation: StudyPreparation
  ) throws -> [[Float]] {
    try preparation.images.images.entries.indices.map { index in
      try preparation.study.input.fill(compiled.plan, with: preparation.images.pixels(index))
      try compiled.plan.run()
      return compiled.scores.elements(of: Float.self)
    }
  }

  /// Median milliseconds of fp32 and of `compiled`, by turns.
  private func time(
    _ compiled: CompiledVariant, seconds: Double
  ) throws -> (baseline: Double, own: Double) {
    for variant in [baseline, compiled] {
      try preparation.study.input.fill(variant.plan, with: pixels)
    }
    let run = try InterleavedRun.measure(
      duration: .seconds(seconds), warmups: 3, baseline: { try baseline.plan.run() },
      optimized: { try compiled.plan.run() })
    let medians = [run.baseline, run.optimized].map { latencies in
      TimeMetrics(latencies: latencies, batchSize: 1, duration: .seconds(seconds)).latency50
    }
    return (medians[0], medians[1])
  }
}
