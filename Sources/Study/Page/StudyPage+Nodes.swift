import Bench
import Foundation
import Quant
import ReportPage

extension StudyReport {
  /// The energy ratio of so many decibels of signal over noise.
  static func power(_ decibels: Double) -> Double { pow(10, -decibels / 10) }

  /// A drill-down to each node, the worst first.
  var drillDown: Section? {
    let nodes = ranked(.node).compactMap { subject in
      local(subject.subject.name).map { (subject, $0) }
    }
    guard !nodes.isEmpty else { return nil }
    return Section(
      "Node by node", key: "nodes",
      [.note("The node that does most to the logits first.")]
        + nodes.map { .details(details($0, $1)) })
  }

  private func details(_ report: SubjectReport, _ local: LocalReport) -> Details {
    Details(
      report.subject.name,
      remark: "\(report.subject.placeText), \(Self.decibels(oneIn(report).logits.sqnr)) alone",
      key: "node-" + report.subject.name,
      [.table(anatomy(local))] + local.inputs.flatMap(Self.blocks)
        + (local.saturation.map(Self.facts).map { [.facts([$0])] } ?? []))
  }

  /// What each part contributes to the error at the node's output.
  private func anatomy(_ local: LocalReport) -> DataTable {
    let parts: [(String, ErrorMetrics?)] = [
      ("constants quantized alone", local.weights),
      ("activations quantized alone", local.activations),
      ("both: the quantized node", local.both),
      ("inherited from the nodes before", local.inherited),
      ("made here on inherited values", local.created),
      ("inherited and made here", local.total),
    ]
    return DataTable(
      "Error at the node's own output over \(local.images) images",
      columns: [
        .text("from"), .number("SQNR", unit: "dB", .fixed(1)),
        .number("noise over signal", unit: "ppm", .significant(3), hasBars: true),
        .number("cosine", .fixed(6)), .number("max error", .significant(3)),
      ],
      rows: parts.compactMap { name, metrics in
        metrics.map {
          .init([
            .text(name), .number($0.sqnr), .number(1e6 * Self.power($0.sqnr)), .number($0.cosine),
            .number($0.maxAbsoluteError),
          ])
        }
      })
  }

  private static func blocks(_ input: LocalReport.Input) -> [Block] {
    var facts = [
      Fact("range", "\(text(input.minimum)) to \(text(input.maximum))"),
      Fact("mean", text(Float(input.mean))),
      Fact("standard deviation", text(Float(input.standardDeviation))),
      Fact("scales of images", input.scales.map(text).joined(separator: " to ")),
      Fact("zero points", input.zeroPoints.map(String.init).joined(separator: " to ")),
      Fact("steps used of 256", fixed(256 * input.usedStepShare, 0)),
      Fact("clamped values", "\(fixed(100 * input.clampedShare, 4)) %"),
      Fact("clamping, of the error's energy", "\(fixed(100 * input.clippingShare, 2)) %"),
      Fact("outlier channels", "\(input.outlierCount)"),
    ]
    if !input.outliers.isEmpty {
      let list = input.outliers.map { "\($0.channel) (\(fixed($0.ratio, 1)) x)" }
      facts.append(Fact("the greatest, over the median", list.joined(separator: ", ")))
    }
    return [.histogram(histogram(input)), .facts([FactGroup(input.name, facts)])]
  }

  /// The bins between the first and the last that have values.
  private static func histogram(_ input: LocalReport.Input) -> ReportPage.Histogram {
    let bins = input.histogram
    let used = bins.counts.indices.filter { bins.counts[$0] > 0 }
    let range = (used.first ?? 0)...(used.last ?? 0)
    return ReportPage.Histogram(
      "Values of \(input.name)", x: Axis("value", format: .significant(3)),
      edges: (range.lowerBound...range.upperBound + 1).map {
        bins.start + Double($0) * bins.width
      },
      series: [.init("values", counts: Array(bins.counts[range]))], hasLogarithmicCounts: true)
  }

  private static func facts(_ saturation: LocalReport.Saturation) -> FactGroup {
    FactGroup(
      "With vpmaddubsw, and nothing done against its saturation",
      [
        Fact("pairs that would saturate", "\(saturation.saturated) of \(saturation.pairs)"),
        Fact("images with any", "\(saturation.affectedImages) of \(saturation.images)"),
        Fact("output against the exact one", decibels(saturation.sqnr)),
        Fact("the most that a pair can reach", "\(saturation.largestPair) of 32767"),
        Fact("7-bit weights needed", saturation.reduceRange.rawValue),
      ])
  }

  private static func text(_ value: Float) -> String { String(format: "%.4g", Double(value)) }

  /// All combinations of the groups, and what follows from them.
  var factorialSection: Section? {
    guard let factorial else { return nil }
    let groups = factorial.factors.map(\.group.rawValue)
    let effects = DataTable(
      "What quantizing a group changes, and how two act on each other",
      columns: [
        .text("groups"), .number("SQNR", unit: "dB", .signed(2)),
        .number("KL", unit: "nats", .significant(3)),
        .number("accuracy", unit: "points", .signed(2)),
      ],
      rows: factorial.effects.map { effect in
        .init([
          .text(effect.groups.map(\.rawValue).joined(separator: " x ")), .number(effect.sqnr),
          .number(effect.divergence), .number(effect.accuracy.map { 100 * $0 }),
        ])
      })
    let runs = DataTable(
      "Every combination",
      columns: groups.map(DataTable.Column.text) + Self.errorColumns,
      rows: factorial.runs.enumerated().map { combination, variant in
        .init(
          groups.indices.map { .text(combination >> $0 & 1 == 1 ? "int8" : "fp32") }
            + Self.errorCells(variants[variant]))
      })
    let empty = factorial.factors.filter { $0.count == 0 }.map(\.group.rawValue)
    var blocks: [Block] = [.table(effects), .table(runs)]
    if !empty.isEmpty {
      blocks.append(
        .note(
          "No node of the reference belongs to \(empty.joined(separator: ", ")), so that these do "
            + "nothing."))
    }
    return Section("Groups together", key: "factorial", blocks)
  }

  /// Where and how it was measured.
  var setting: Section {
    let operators = record.operators.map(\.rawValue).joined(separator: ", ")
    let groups = record.excludedGroups.map(\.rawValue).joined(separator: ", ")
    return Section(
      "How it was measured", key: "setting",
      [
        .facts([
          FactGroup(
            "Machine",
            [
              Fact("processor", machine.processor), Fact("kernels", machine.instructionSet),
              Fact("threads", "\(machine.threads) on \(machine.cores) cores"),
              Fact("system", machine.operatingSystem),
            ]),
          FactGroup(
            "Model",
            [
              Fact("name", model.name), Fact("opset", model.opset.map(String.init) ?? "none"),
              Fact("nodes", "\(model.nodes)"), Fact("SHA-256", record.modelDigest.hex),
            ]),
          FactGroup(
            "Images",
            [
              Fact("folder", record.imagesPath), Fact("images", "\(record.imageCount)"),
              Fact("SHA-256", record.imagesDigest.hex),
            ]),
          FactGroup(
            "The reference",
            [
              Fact("preset", record.preset), Fact("operators", operators),
              Fact("left in fp32", groups.isEmpty ? "none" : groups),
              Fact("scales", record.perChannel ? "per channel" : "per tensor"),
              Fact("range of", record.range.rawValue),
              Fact("optimization level", record.optimizationLevel),
            ]),
        ])
      ])
  }
}
