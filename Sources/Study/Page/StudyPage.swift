import Bench
import Quant
import ReportPage

extension StudyReport {
  /// The study as one page of HTML, with nothing outside of it.
  public func page() -> Page {
    Page(
      title: "The effect of quantization on \(model.name)",
      subtitle: "\(nodes.count) nodes that can be quantized, \(variants.count) models run over "
        + "\(record.imageCount) images",
      sections: [summary, layersByRole, trade, nodeTable, together].compactMap { $0 }
        + [factorialSection, drillDown, setting].compactMap { $0 })
  }

  private var summary: Section {
    var figures = [
      KeyFigure("SQNR, all quantized", Self.decibels(all.logits.sqnr), remark: "of the logits"),
      KeyFigure(
        "changed answers", "\(all.logits.changed) of \(all.logits.images)",
        remark: "all quantized against fp32"),
    ]
    if let accuracy, let comparison = all.accuracy {
      figures.insert(
        KeyFigure(
          "top-1", fixed(comparison.outcomes.optimizedAccuracy, 3),
          remark: "fp32 \(fixed(accuracy, 3))"), at: 0)
      figures.append(
        KeyFigure(
          "smallest drop to be seen",
          comparison.detectableDrop.map { "\(fixed(100 * $0, 2)) points" } ?? "none",
          remark: "with \(record.imageCount) images, at a power of 0.8"))
    }
    if let worst = ranked(.node).first {
      figures.append(
        KeyFigure(
          "worst node alone", Self.decibels(oneIn(worst).logits.sqnr),
          remark: "\(worst.subject.placeText): \(worst.subject.name)"))
    }
    return Section("In short", key: "summary", [.keyFigures(figures), .table(overviewTable)])
  }

  private var overviewTable: DataTable {
    let rows =
      [
        ("all of the reference", all),
        ("one scale to a tensor", variants[granularity.perTensor]),
        ("one scale to a column", variants[granularity.perChannel]),
      ] + ranges.map { ("range of: \($0.range.rawValue)", variants[$0.variant]) }
    return DataTable(
      "Everything at once",
      columns: [.text("quantized"), .number("nodes", .integer)] + Self.errorColumns
        + Self.pairedColumns + [.number("saved", unit: "MB", .fixed(2))],
      rows: rows.map { name, variant in
        .init(
          [.text(name), .number(variant.nodes.count)] + Self.errorCells(variant)
            + Self.pairedCells(variant.accuracy) + [.number(Double(variant.savedBytes) / 1e6)])
      })
  }

  /// Layers by roles, coloured by the noise that a node makes alone.
  private var layersByRole: Section? {
    let nodes = subjects.filter { $0.subject.kind == .node && $0.subject.place?.layer != nil }
    guard !nodes.isEmpty else { return nil }
    let roles = distinct(nodes.map(\.subject.heading))
    let layers = Set(nodes.compactMap { $0.subject.place?.layer }).sorted()
    func map(
      _ title: String, quantity: String, unit: String, scaling: HeatMap.Scaling,
      _ value: (SubjectReport) -> Double?
    ) -> HeatMap {
      HeatMap(
        title, quantity: quantity, unit: unit, scaling: scaling, rows: layers.map { "layer \($0)" },
        columns: roles,
        values: layers.map { layer in
          roles.map { role in
            let values = nodes.filter {
              $0.subject.place?.layer == layer && $0.subject.heading == role
            }.compactMap(value)
            return values.max()
          }
        })
    }
    return Section(
      "Where it hurts", key: "layers",
      [
        .heatMap(
          map(
            "Noise in the logits when one node alone is quantized",
            quantity: "noise over signal, of energies", unit: "ppm", scaling: .logarithmic
          ) { self.oneIn($0).logits.sqnr.map { 1e6 * Self.power($0) } }),
        .heatMap(
          map(
            "Error at the node's own output", quantity: "noise over signal, of energies",
            unit: "ppm", scaling: .logarithmic
          ) { self.local($0.subject.name).map { 1e6 * Self.power($0.both.sqnr) } }),
        .note(
          "Where a layer has several nodes of a role, the colour is that of the worst. A million ppm is "
            + "noise as strong as the signal."),
      ])
  }

  /// What each node costs and gains.
  private var trade: Section? {
    let timed = subjects.filter { oneIn($0).timing != nil && oneIn($0).logits.sqnr != nil }
    guard !timed.isEmpty else { return nil }
    let kinds: [(Subject.Kind, String)] = [
      (.node, "single nodes"), (.role, "roles"), (.layer, "layers"), (.group, "groups"),
    ]
    let series = kinds.map { kind, name in
      ScatterChart.Series(
        name,
        timed.filter { $0.subject.kind == kind }.map { subject in
          let own = oneIn(subject)
          return .init(
            subject.subject.name, x: -(own.timing?.difference ?? 0), y: own.logits.sqnr ?? 0)
        })
    }.filter { !$0.points.isEmpty }
    return Section(
      "What it costs and what it gains", key: "trade",
      [
        .scatter(
          ScatterChart(
            "Each subject quantized alone",
            x: Axis(
              "time saved", unit: "us", format: .fixed(1), better: .higherIsBetter, reference: 0),
            y: Axis("SQNR of the logits", unit: "dB", format: .fixed(1), better: .higherIsBetter),
            series: series)),
        .note(
          "The stepped line joins the subjects that none beats in both. Left of zero quantizing takes more "
            + "time than it saves."),
      ])
  }

  private var nodeTable: Section {
    Section(
      "Every subject", key: "subjects",
      [
        .table(subjectTable),
        .note(
          "Times are those of the steps that differ, measured by turns. Out: SQNR is what leaving it in fp32 "
            + "gains over all of the reference quantized."),
      ])
  }

  /// Every node, role, layer and group in a row.
  var subjectTable: DataTable {
    DataTable(
      "One in: only it quantized. One out: all of the reference but it.",
      columns: [
        .text("what"), .text("kind"), .text("role, layer"), .number("nodes", .integer),
      ] + Self.errorColumns + [
        .number("fixed", .integer), .number("broken", .integer),
        .number("top-1", .fixed(4)), .number("McNemar p", .significant(3)),
        .number("difference from", unit: "points", .signed(2)),
        .number("to, at 95 %", unit: "points", .signed(2)),
        .number("time", unit: "us", .signed(1)), .number("10th percentile", unit: "us", .signed(1)),
        .number("90th", unit: "us", .signed(1)), .number("saved", unit: "KB", .fixed(1)),
        .number("out: SQNR", unit: "dB", .signed(2)), .number("out: changed", .integer),
        .number("out: time", unit: "us", .signed(1)),
      ],
      rows: Subject.Kind.allCases.flatMap { ranked($0) }.map(row))
  }

  private func row(_ report: SubjectReport) -> DataTable.Row {
    let (own, out) = (oneIn(report), oneOut(report))
    let isNode = report.subject.kind == .node && local(report.subject.name) != nil
    return .init(
      [
        isNode
          ? .link(report.subject.name, Link("node-" + report.subject.name))
          : .text(report.subject.name),
        .text(report.subject.kind.rawValue), .text(report.subject.placeText),
        .number(report.subject.nodes.count),
      ] + Self.errorCells(own) + [
        .number(own.accuracy?.outcomes.fixed), .number(own.accuracy?.outcomes.broken),
        .number(own.accuracy?.outcomes.optimizedAccuracy), .number(own.accuracy?.mcnemarP),
        .number(own.accuracy.map { 100 * $0.differenceInterval.lower }),
        .number(own.accuracy.map { 100 * $0.differenceInterval.upper }),
        .number(own.timing?.difference), .number(own.timing?.difference10),
        .number(own.timing?.difference90), .number(Double(own.savedBytes) / 1000),
        .number(gain(report)), .number(out?.logits.changed), .number(out?.timing?.difference),
      ])
  }

  private var together: Section? {
    let effects = ranges.filter { $0.batch != nil }
    guard !effects.isEmpty else { return nil }
    return Section(
      "What an image's neighbours do to it", key: "batches",
      [
        .table(
          DataTable(
            "Logits in a batch against those of the image alone",
            columns: [.text("range of"), .number("batch", .integer)] + Self.errorColumns,
            rows: effects.compactMap { report in
              report.batch.map { batch in
                .init(
                  [.text(report.range.rawValue), .number(batch.batchSize)]
                    + Self.errorCells(batch.logits))
              }
            })),
        .note(
          "With one range to a tensor, ONNX's own, the images of a batch share their scales."),
      ])
  }

  static let errorColumns: [DataTable.Column] = [
    .number("SQNR", unit: "dB", .fixed(1)), .number("KL", unit: "nats", .significant(3)),
    .number("cosine", .fixed(6)), .number("max error", .significant(3)),
    .number("changed", .integer),
  ]

  static func errorCells(_ variant: VariantReport) -> [DataTable.Cell] {
    errorCells(variant.logits)
  }

  static func errorCells(_ error: LogitError) -> [DataTable.Cell] {
    [
      .number(error.sqnr), .number(error.meanDivergence), .number(error.cosine),
      .number(error.maxAbsoluteError), .number(error.changed),
    ]
  }

  private static let pairedColumns: [DataTable.Column] = [
    .number("top-1", .fixed(3)), .number("fixed", .integer), .number("broken", .integer),
    .number("McNemar p", .significant(3)), .text("95 % of the difference, points"),
  ]

  private static func pairedCells(_ comparison: PairedComparison?) -> [DataTable.Cell] {
    guard let comparison else { return [] }
    return [
      .number(comparison.outcomes.optimizedAccuracy), .number(comparison.outcomes.fixed),
      .number(comparison.outcomes.broken), .number(comparison.mcnemarP),
      .text(comparison.intervalText),
    ]
  }

  static func decibels(_ value: Double?) -> String { value.map { fixed($0, 1) + " dB" } ?? "none" }
}

extension Subject {
  /// The role without the layer.
  fileprivate var heading: String {
    var subject = self
    subject.place?.layer = nil
    return subject.placeText
  }
}
