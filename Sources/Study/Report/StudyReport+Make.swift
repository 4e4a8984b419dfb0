import Bench
import Quant

extension StudyReport {
  /// What is known of a study but for its variants, the accuracy and the nodes' own errors.
  fileprivate init(
    _ record: StudyRecord, _ setup: StudySetup, _ preparation: StudyPreparation,
    batches: [BatchEffect?]
  ) {
    let study = preparation.study
    machine = Machine.current(study.executor)
    model = ModelSummary(
      name: record.model, opset: study.model.opset.map { Int($0) },
      nodes: study.model.graph.nodes.count, inputShape: [1] + study.input.imageShape)
    self.record = record
    nodes = setup.subjects.quantizable
    variants = []
    accuracy = nil
    subjects = zip(setup.subjects.subjects, setup.pairs).map {
      SubjectReport(subject: $0, oneIn: $1.oneIn, oneOut: $1.oneOut)
    }
    local = []
    granularity = Granularity(
      perTensor: setup.granularity.perTensor, perChannel: setup.granularity.perChannel)
    ranges = zip(setup.ranges, batches).map {
      RangeReport(range: $0.range, variant: $0.variant, batch: $1)
    }
    factorial = setup.factorial.map { design in
      FactorialReport(
        factors: design.groups.map { FactorialReport.Factor(group: $0.group, count: $0.count) },
        runs: design.runs, effects: [])
    }
  }
}

extension StudyPart {
  init(
    _ shard: Shard, _ record: StudyRecord, _ setup: StudySetup, _ preparation: StudyPreparation,
    _ results: VariantResults, batches: [BatchEffect?], local: [LocalReport]
  ) throws {
    self.shard = shard
    skeleton = StudyReport(record, setup, preparation, batches: batches)
    variantCount = preparation.variants.count
    labels = preparation.labels
    let indices = Dictionary(
      skeleton.nodes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    variants = [:]
    for index in preparation.own {
      variants[index] = Variant(
        report: try VariantReport(index, indices, preparation, results),
        logits: results.logits[index])
    }
    self.local = local
  }
}

extension VariantReport {
  fileprivate init(
    _ index: Int, _ indices: [String: Int], _ preparation: StudyPreparation,
    _ results: VariantResults
  ) throws {
    let entry = preparation.variants[index]
    guard let error = results.errors[index].error else {
      throw StudyError.invalid("no image was studied")
    }
    nodes = entry.variant.nodes.compactMap { indices[$0] }
    form = entry.variant.form
    logits = error
    accuracy = results.comparison(of: index, with: VariantTable.fp32)
    accuracyAgainstAll = results.comparison(of: index, with: VariantTable.all)
    savedBytes = preparation.savedBytes[index]
    timedAgainst = entry.base == .fp32 ? VariantTable.fp32 : VariantTable.all
    timing = results.timings[index]
    logitsFile = StudyStore.logitsFile(index)
  }
}

extension FactorialReport {
  /// The effects of `factors`, whose combinations are `runs`, indices into `variants`; none where one
  /// of these is not there.
  init(factors: [Factor], runs: [Int], _ variants: [VariantReport]) {
    self.factors = factors
    self.runs = runs
    let groups = factors.map(\.group)
    guard runs.count == 1 << groups.count, runs.allSatisfy(variants.indices.contains) else {
      effects = []
      return
    }
    let responses = runs.map { variants[$0] }
    func effect(_ mask: Int, on response: (VariantReport) -> Double?) -> Double? {
      let values = responses.compactMap(response)
      return values.count == responses.count
        ? FactorialEffects.effect(of: mask, on: values) : nil
    }
    let masks = (1..<1 << groups.count).filter { $0.nonzeroBitCount <= 2 }
      .sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
    effects = masks.map { mask in
      Effect(
        groups: groups.indices.filter { mask >> $0 & 1 == 1 }.map { groups[$0] },
        sqnr: effect(mask) { $0.logits.sqnr },
        divergence: effect(mask) { $0.logits.meanDivergence },
        accuracy: effect(mask) { $0.accuracy?.outcomes.optimizedAccuracy })
    }
  }
}
