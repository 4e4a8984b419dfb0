import Bench
import Imaging
import OnnxParse
import Quant
import ViTEngine
import ViTKernel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds the fastest mixture of fp32 and int8 nodes that loses no more accuracy than it may.
public struct Tuner {
  private let model: Model
  private let images: ImageSet
  private let options: StudyOptions
  private let tuning: TuneOptions

  /// A search over `images`; of `options` the reference says how nodes are quantized, not which.
  public init(model: Model, images: ImageSet, options: StudyOptions, tuning: TuneOptions) {
    self.model = model
    self.images = images.spread(over: options.imageLimit)
    self.options = options
    self.tuning = tuning
  }

  /// Studies every move alone, then evaluates mixtures of those that save time over all images.
  ///
  /// - Parameter progress: Is told of every step as it is done, on the calling thread.
  /// - Throws: As ``StudyRunner/run(record:store:progress:)``.
  public func run(progress: (TuneProgress) -> Void = { _ in }) throws -> TuneReport {
    let subjects = try SubjectList(of: model, options: options.quantization, kinds: [.node])
    guard !subjects.quantizable.isEmpty else {
      throw StudyError.invalid("nothing in the model can be quantized")
    }
    let table = MoveTable(subjects.quantizable, of: model)
    var variants = VariantTable(
      reference: subjects.reference, order: subjects.quantizable,
      form: NodeForm(perChannel: true))
    let forms = table.groups.map { group in
      [NodeForm(perChannel: true), NodeForm(perChannel: false)]
        + (group.hasMatrix ? [NodeForm(perChannel: true, range: .token)] : [])
    }
    let indices = zip(table.groups, forms).map { group, forms in
      forms.map { variants.add(group.nodes, base: .fp32, form: $0) }
    }
    let preparation = try StudyPreparation(
      model: model, images: images, options: options, variants: variants
    ) { progress(.studying($0)) }
    var results = VariantResults(count: preparation.variants.count, labels: preparation.labels)
    var run = StudyRun(
      preparation: preparation, store: nil, timingRuns: max(1, options.timingRuns))
    for pass in preparation.passes { try run.run(pass, into: &results) { progress(.studying($0)) } }
    let moves = table.groups.indices.map { group in
      Self.move(
        table.groups[group].nodes, zip(forms[group], indices[group]).map { ($0, $1) }, results)
    }.sorted { $0.precedes($1) }
    return try search(moves, preparation, results, variants, progress)
  }

  /// Runs `quantized` over all images, as a check of a file that was written.
  ///
  /// - Returns: Its logits against the fp32 model's.
  /// - Throws: As ``run(progress:)``.
  public func error(of quantized: Model) throws -> LogitError {
    let executor = try options.session.makeExecutor()
    let sessions = try [model, quantized].map {
      try Session(model: $0, options: options.session, executor: executor)
    }
    let input = try PixelInput(of: sessions[0], processor: options.processor)
    let evaluation = Evaluation(
      images: images, processor: ImageProcessor(options.processor), input: input)
    let plans = try sessions.map { try input.plan(of: $0, batchSize: 1) }
    let scores = try zip(sessions, plans).map { try Scores(of: $0, $1).tensor }
    var sums = LogitErrorSums()
    for index in images.entries.indices {
      let pixels = try evaluation.pixels(index)
      for plan in plans {
        try input.fill(plan, with: pixels)
        try plan.run()
      }
      try sums.add(
        baseline: scores[0].elements(of: Float.self), candidate: scores[1].elements(of: Float.self))
    }
    guard let error = sums.error else { throw StudyError.invalid("no image to tune with") }
    return error
  }

  /// The more useful of the forms.
  private static func move(
    _ nodes: [String], _ forms: [(form: NodeForm, variant: Int)], _ results: VariantResults
  ) -> TuneReport.Move {
    let moves = forms.map { form, variant in
      TuneReport.Move(
        nodes: nodes, form: form,
        damage: results.errors[variant].error.flatMap(\.sqnr).map { pow(10, -$0 / 10) }
          ?? .greatestFiniteMagnitude,
        saved: -(results.timings[variant]?.difference ?? 0))
    }
    return moves.min { $0.precedes($1) } ?? moves[0]
  }

  private func search(
    _ moves: [TuneReport.Move], _ preparation: StudyPreparation, _ results: VariantResults,
    _ variants: VariantTable, _ progress: (TuneProgress) -> Void
  ) throws -> TuneReport {
    let evaluator = try MixtureEvaluator(
      preparation: preparation, reference: results, moves: moves, tuning: tuning)
    var candidates = [try evaluator.fp32()]
    let useful = moves.count(where: \.isUseful)
    let search = MixtureSearch(moveCount: useful, limit: tuning.evaluations)
    try search.run { mixture in
      progress(.evaluating(done: candidates.count - 1, of: tuning.evaluations))
      let candidate = try evaluator.candidate(mixture, variants)
      candidates.append(candidate)
      return .init(isWithinBudget: candidate.isWithinBudget)
    }
    // The fastest of many is in part the luckiest: it is timed again, and must still be faster.
    let order = candidates.indices.dropFirst().filter { candidates[$0].isWithinBudget }
      .sorted { candidates[$0].speedup > candidates[$1].speedup }
    var winner: Int?
    for index in order where winner == nil {
      try evaluator.timeAgain(&candidates[index], variants)
      if candidates[index].speedup > 1 { winner = index }
    }
    for index in candidates.indices {
      candidates[index].isOnFront = !candidates.contains { $0.dominates(candidates[index]) }
    }
    let study = preparation.study
    return TuneReport(
      machine: Machine.current(study.executor),
      model: ModelSummary(
        name: options.modelName, opset: model.opset.map { Int($0) },
        nodes: model.graph.nodes.count, inputShape: [1] + study.input.imageShape),
      maxDrop: tuning.maxDrop, images: images.entries.count,
      accuracy: candidates[0].accuracy?.outcomes.originalAccuracy, moves: moves,
      candidates: candidates, winner: winner ?? 0)
  }
}

extension TuneReport {
  /// The options that quantize as the winner does.
  public func quantization(from options: QuantizationOptions) -> QuantizationOptions {
    var options = options
    // As a node that can have one scale only has one without being told.
    options.perChannel = true
    options.range = .tensor
    options.choosesAllNodes = true
    for move in candidates[winner].moves.map({ moves[$0] }) {
      for node in move.nodes {
        options.nodeChoices[node] = NodeChoice(
          quantize: true, perChannel: move.form.perChannel ? nil : false,
          range: move.form.range == .tensor ? nil : move.form.range)
      }
    }
    return options
  }
}

extension TuneReport.Move {
  /// True where it should be made before `other`: it saves time, and more for the same damage.
  func precedes(_ other: TuneReport.Move) -> Bool {
    if isUseful != other.isUseful { return isUseful }
    if !isUseful { return saved > other.saved }
    return damage * other.saved < other.damage * saved
  }
}

extension TuneReport.Candidate {
  /// True where it is at least as fast as `other` and as near to fp32, and one of the two more.
  func dominates(_ other: TuneReport.Candidate) -> Bool {
    let (error, others) = (logits.damage, other.logits.damage)
    return speedup >= other.speedup && error <= others
      && (speedup > other.speedup || error < others)
  }
}

/// What a search is doing.
public enum TuneProgress: Sendable, Equatable {
  /// Studying each move alone.
  case studying(StudyProgress)
  /// Mixtures evaluated so far, of as many as may be.
  case evaluating(done: Int, of: Int)
}
