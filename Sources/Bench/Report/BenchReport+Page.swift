import ReportPage

extension BenchReport {
  /// The report as a page: what matters most, accuracy and size, latencies with their spread, speed-ups.
  public func page() -> Page {
    Page(
      title: "\(model.name): fp32 against int8",
      subtitle: "\(machine.processor), \(machine.instructionSet), \(machine.threadsInWords)",
      sections: [
        Section("Overview", overview),
        Section("Accuracy and size", [.table(summaryTable)] + statistics + accuracyChart),
        Section("Latency", latencyCharts),
        Section("Times and speed-up", [.table(speedTable), .note(timeNotes)]),
      ])
  }

  private var overview: [Block] {
    let notes = ["A configuration is named by " + ConfigurationReport.labelMeaning + "."]
    return [
      .keyFigures(keyFigures),
      .note((notes + [noteOnAdd].compactMap { $0 }).joined(separator: "\n")),
      .facts([
        FactGroup("Machine", machine.facts), FactGroup("Model", model.facts),
        FactGroup("Parameters", parameters.facts),
      ]),
    ]
  }

  private var keyFigures: [KeyFigure] {
    let cells = configurations.flatMap { configuration in
      configuration.time.map { (configuration, $0) }
    }
    var figures: [KeyFigure] = []
    if let (configuration, time) = cells.max(by: { $0.1.speedup < $1.1.speedup }) {
      figures.append(
        KeyFigure(
          "best speed-up", fixed(time.speedup, 2) + " x",
          remark: "\(configuration.label), batch \(time.batchSize)"))
    }
    if let best = configurations.min(by: { $0.modelBytes.share < $1.modelBytes.share }) {
      let bytes = best.modelBytes
      figures.append(
        KeyFigure(
          "smallest file", NumberFormat.percent(0).text(bytes.share) + " of fp32",
          remark: "\(megabytes(bytes.optimized)) of \(megabytes(bytes.original)) MB"))
    }
    let measured = configurations.compactMap { configuration in
      configuration.accuracy.map { (configuration, $0) }
    }
    if let (configuration, accuracy) = measured.min(by: { $0.1.change < $1.1.change }) {
      figures.append(
        KeyFigure("fp32 top-1", fixed(accuracy.original, 3), remark: "\(accuracy.samples) images"))
      figures.append(
        KeyFigure(
          "least favourable change", NumberFormat.signed(2).text(accuracy.change) + " points",
          remark: "of top-1: \(configuration.label)"))
    }
    return figures
  }

  private var summaryTable: DataTable {
    let hasAccuracy = configurations.contains { $0.accuracy != nil }
    let sizes: [DataTable.Column] = [
      .text("nodes"), .number("fp32", unit: "MB", .fixed(2)),
      .number("int8", unit: "MB", .fixed(2)), .number("of fp32", .percent(1)),
    ]
    let accuracy: [DataTable.Column] = [
      .number("fp32 top-1", .fixed(3)), .number("int8 top-1", .fixed(3)),
      .number("change", unit: "points", .signed(2)), .number("changed", .integer),
      .number("of", unit: "images", .integer),
    ]
    return DataTable(
      "Accuracy and size, preset \(parameters.preset)",
      columns: ConfigurationReport.columns + sizes + (hasAccuracy ? accuracy : []),
      rows: configurations.map { configuration in
        let bytes = configuration.modelBytes
        return DataTable.Row(
          configuration.cells + [
            .text(configuration.quantizedNodesText), .number(Double(bytes.original) / 1e6),
            .number(Double(bytes.optimized) / 1e6), .number(bytes.share),
          ]
            + [
              .number(configuration.accuracy?.original),
              .number(configuration.accuracy?.optimized),
              .number(configuration.accuracy?.change), .number(configuration.accuracy?.changed),
              .number(configuration.accuracy?.samples),
            ])
      })
  }

  /// What the accuracy says; nothing in reports of older versions.
  private var statistics: [Block] {
    if !hasStatistics { return [] }
    let columns: [DataTable.Column] = [
      .number("fixed", .integer), .number("broken", .integer), .number("p", .fixed(3)),
      .number("95 % of difference", unit: "points", .signed(2)),
      .number("drop that would show", unit: "points", .fixed(2)),
      .number("logit SQNR", unit: "dB", .fixed(1)),
      .number("logit KL", unit: "nats", .significant(2)),
    ]
    let table = DataTable(
      "What the accuracy says", columns: ConfigurationReport.columns + columns,
      rows: configurations.map { configuration in
        let (paired, logits) = (configuration.accuracy?.paired, configuration.accuracy?.logits)
        return DataTable.Row(
          configuration.cells + [
            .number(paired?.outcomes.fixed), .number(paired?.outcomes.broken),
            .number(paired?.mcnemarP),
            paired.map { .text(points($0.differenceInterval, 2)) } ?? .missing,
            .number(paired?.detectableDrop.map { 100 * $0 }), .number(logits?.sqnr),
            .number(logits?.meanDivergence),
          ])
      })
    return [.table(table), .note(notesOnStatistics.joined(separator: "\n"))]
  }

  /// Change of accuracy over speed-up; nothing where accuracy was not measured.
  private var accuracyChart: [Block] {
    let series = cells.map { cell in
      ScatterChart.Series(
        name(cell),
        times(at: cell).compactMap { configuration, time in
          configuration.accuracy.map {
            ScatterChart.Point(configuration.label, x: time.speedup, y: $0.change)
          }
        })
    }
    if series.allSatisfy(\.points.isEmpty) { return [] }
    return [
      .scatter(
        ScatterChart(
          "What speed costs in accuracy",
          x: Axis(
            "speed-up over fp32", unit: "x", format: .fixed(2), better: .higherIsBetter,
            reference: 1),
          y: Axis(
            "change of top-1", unit: "points", format: .signed(2), better: .higherIsBetter,
            reference: 0),
          series: series)),
      .note(
        "Dotted lines mark fp32 itself. No configuration beats one on the front in both."),
    ]
  }

  /// A chart for each cell; where there are many, all but the first few on demand.
  private var latencyCharts: [Block] {
    let cells = cells
    return cells.map { cell in
      let chart = Block.bars(latencyChart(cell))
      guard cells.count > 3 else { return chart }
      return .details(
        Details(
          name(cell), key: "latency \(cell.batch) \(cell.length)", isOpen: cell == cells.first,
          [chart]))
    }
  }

  private func latencyChart(_ cell: Cell) -> BarChart {
    BarChart(
      "Latency, \(name(cell))", quantity: "median latency of a batch", unit: "ms",
      spreadMeaning: "median to 99th percentile", series: ["fp32", "int8"],
      groups: times(at: cell).map { configuration, time in
        BarChart.Group(configuration.label, [time.baseline.bar, time.optimized.bar])
      })
  }

  private var speedTable: DataTable {
    let columns: [DataTable.Column] = [
      .number("batch", .integer), .number("length", .integer),
      .number("fp32 mean", unit: "ms", .fixed(2)), .number("p50", unit: "ms", .fixed(2)),
      .number("p99", unit: "ms", .fixed(2)), .number("int8 mean", unit: "ms", .fixed(2)),
      .number("p50", unit: "ms", .fixed(2)), .number("p99", unit: "ms", .fixed(2)),
      .number("speed-up", unit: "x", .fixed(2), hasBars: true),
      .number("fp32", unit: "images/s", .fixed(1)), .number("int8", unit: "images/s", .fixed(1)),
    ]
    let rows = cells.flatMap { cell in
      times(at: cell).map { configuration, time in
        let (a, b) = (time.baseline, time.optimized)
        let figures = [
          a.latencyMean, a.latency50, a.latency99, b.latencyMean, b.latency50, b.latency99,
          time.speedup, a.imagesPerSecond, b.imagesPerSecond,
        ]
        return DataTable.Row(
          configuration.cells + [.number(cell.batch), .number(cell.length)]
            + figures.map { .number($0) })
      }
    }
    return DataTable(
      "Times, preset \(parameters.preset)", columns: ConfigurationReport.columns + columns,
      rows: rows)
  }

  private var timeNotes: String {
    "fp32 and int8 run by turns in one process, \(seconds(parameters.duration)) s each after "
      + "\(parameters.warmups) warm-ups. The speed-up is the ratio of the mean latencies.\n"
      + "The input length changes nothing for images: each is one more measurement of the same."
  }
}
