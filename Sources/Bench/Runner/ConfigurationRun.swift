import OnnxParse
import Quant
import ViTEngine

/// One configuration's quantized model, measured against the baseline.
struct ConfigurationRun {
  let configuration: Configuration
  let baseline: Baseline
  let model: Model
  let session: Session
  let plan: QuantizationPlan

  /// Labels the images and measures the cells of `grid`, of which `cellsDone` are done by others.
  func report(
    _ grid: Grid, cellsDone: Int, _ progress: (BenchProgress) -> Void
  ) throws -> ConfigurationReport {
    let counts = QuantizedOperator.allCases.map { ($0.rawValue, plan.count(of: $0)) }
    return ConfigurationReport(
      operatorsToQuantize: configuration.operatorsToQuantize,
      nodeExclusion: configuration.nodeExclusion, perChannel: configuration.perChannel,
      quantizedNodes: Dictionary(uniqueKeysWithValues: counts),
      modelBytes: ConfigurationReport.Bytes(
        original: baseline.modelBytes, optimized: try model.encoded().count),
      accuracy: try accuracy(progress),
      time: try times(grid, cellsDone: cellsDone, progress))
  }

  private func accuracy(_ progress: (BenchProgress) -> Void) throws -> Accuracy? {
    guard let (images, original) = baseline.evaluation else { return nil }
    var optimized: [Int] = []
    var sums = LogitErrorSums()
    try images.forEachImage(of: session) {
      progress(.evaluating(configuration: configuration, done: $0, of: $1))
    } body: { index, scores in
      optimized.append(Evaluation.answer(scores))
      try sums.add(baseline: original[index], candidate: scores)
    }
    return Accuracy(
      labels: images.labels, original: original.map(Evaluation.answer), optimized: optimized,
      logits: sums.error)
  }

  private func times(
    _ grid: Grid, cellsDone: Int, _ progress: (BenchProgress) -> Void
  ) throws -> [TimeCell] {
    let cellsOfEach = grid.batchSizes.count * grid.inputLengths.count
    var cells: [TimeCell] = []
    for batchSize in grid.batchSizes {
      let original = try filledPlan(of: baseline.session, batchSize)
      let optimized = try filledPlan(of: session, batchSize)
      for inputLength in grid.inputLengths {
        progress(
          .measuring(
            configuration, batchSize: batchSize, inputLength: inputLength,
            done: cellsDone + cells.count, of: cellsOfEach * grid.configurations.count))
        let run = try InterleavedRun.measure(
          duration: grid.duration, warmups: grid.warmups, baseline: { try original.run() },
          optimized: { try optimized.run() })
        let metrics = [run.baseline, run.optimized].map {
          TimeMetrics(latencies: $0, batchSize: batchSize, duration: grid.duration)
        }
        cells.append(
          TimeCell(
            batchSize: batchSize, inputLength: inputLength, baseline: metrics[0],
            optimized: metrics[1]))
      }
    }
    return cells
  }

  private func filledPlan(of session: Session, _ batchSize: Int) throws -> Plan {
    let plan = try baseline.input.plan(of: session, batchSize: batchSize)
    try baseline.input.fill(plan, with: baseline.pixels)
    return plan
  }
}
