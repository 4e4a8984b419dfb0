import Bench
import ReportPage

extension EvalReport {
  /// The report as a page: accuracy, classes, confusion, calibration, and what was passed over.
  public func page() -> Page {
    var sections = [
      Section("Overview", overview),
      Section(
        "Accuracy", [.table(summaryTable)] + [comparisonTable].compactMap { $0.map { .table($0) } }),
    ]
    if let classTable { sections.append(Section("Classes", [.table(classTable)])) }
    if baseline != nil {
      sections.append(Section("Confusion", sides.flatMap(confusionBlocks)))
      sections.append(Section("Calibration", calibrationBlocks))
    }
    if let badTable { sections.append(Section("Images passed over", [.table(badTable)])) }
    return Page(
      title: title,
      subtitle: "\(machine.processor), \(machine.instructionSet), \(machine.threadsInWords)",
      sections: sections)
  }

  private var overview: [Block] {
    var figures = sides.compactMap { side in
      side.metrics.map { metrics in
        let interval = metrics.top1.interval
        return KeyFigure(
          "\(side.name): top-1", fixed(metrics.top1.fraction, 4),
          remark: "95 %: \(fixed(interval.lower, 4)) to \(fixed(interval.upper, 4))")
      }
    }
    if let logits {
      figures.append(
        KeyFigure("answers changed", "\(logits.changed)", remark: "of \(logits.images)"))
    }
    figures.append(
      KeyFigure("images", "\(images)", remark: bad.isEmpty ? "" : "\(bad.count) passed over"))
    let warnings: [Block] =
      bad.isEmpty ? [] : [.warning("\(bad.count) images could not be used and were passed over.")]
    return warnings + [
      .keyFigures(figures),
      .facts([
        FactGroup("Machine", machine.facts), FactGroup("Model", model.facts),
        FactGroup("Evaluation", facts),
      ]),
    ]
  }

  private var facts: [Fact] {
    let digests = zip(sides, record.models).map { side, model in
      Fact("\(side.name) SHA-256", model.digest.hex)
    }
    let sample = record.images.sample.map {
      [Fact("drawn", "at most \($0.limit), seed \($0.seed)")]
    }
    return [Fact("images", record.images.path), Fact("images SHA-256", imagesDigest.hex)]
      + (sample ?? [])
      + [
        Fact("batch", "\(record.batchSize)"),
        Fact("optimization level", record.optimizationLevel),
        Fact("time", "\(fixed(time.seconds, 1)) s, \(fixed(time.imagesPerSecond, 1)) images/s"),
      ] + digests
  }

  private func confusionBlocks(_ name: String, _ metrics: ModelMetrics?) -> [Block] {
    guard let metrics else { return [] }
    guard labels.count <= Self.matrixLimit else {
      return [.table(confusionTable(name, metrics))]
    }
    return [
      .heatMap(
        HeatMap(
          "\(name): images by label (rows) and answer (columns)", quantity: "images",
          format: .integer, scaling: .logarithmic, rows: labels, columns: labels,
          values: matrix(metrics).map { row in row.map { Double($0) } }))
    ]
  }

  private var calibrationBlocks: [Block] {
    let known = sides.compactMap { side in
      side.metrics?.calibration.map { (name: side.name, calibration: $0) }
    }
    if known.isEmpty { return [.text("Probabilities are not numbers.")] }
    let lines = known.map { name, calibration in
      LineChart.Series(
        name,
        calibration.bins.filter { $0.images > 0 }.map {
          LineChart.Point(x: $0.confidence, y: $0.accuracy)
        })
    }
    let ideal = LineChart.Series(
      "as it should be", [LineChart.Point(x: 0, y: 0), LineChart.Point(x: 1, y: 1)])
    return [
      .lines(
        LineChart(
          "Share of right answers by their probability", x: Axis("mean probability"),
          y: Axis("share of right answers"), series: lines + [ideal])),
      .histogram(
        Histogram(
          "Answers by their probability", x: Axis("probability"),
          edges: (0...Calibration.binCount).map { Double($0) / Double(Calibration.binCount) },
          series: known.map {
            Histogram.Series($0.name, counts: $0.calibration.bins.map(\.images))
          })),
    ]
  }
}
