import Bench
import Foundation
import ReportPage

extension EvalReport {
  /// Most classes whose whole confusion matrix is shown.
  static let matrixLimit = 25
  private static let shownConfusions = 20

  /// Names of the model, and of the other where there is one, with what was found out about each.
  var sides: [(name: String, metrics: ModelMetrics?)] {
    zip(sideNames, [baseline, candidate]).map { ($0, $1) }
  }

  private var sideNames: [String] {
    let names = record.models.map(\.name)
    return Set(names).count == names.count ? names : zip(names, ["A", "B"]).map { "\($0) \($1)" }
  }

  /// A row for each model.
  var summaryTable: DataTable {
    DataTable(
      "Accuracy",
      columns: [
        .text("model"), .number("size", unit: "MB", .fixed(2)), .number("top-1", .fixed(4)),
        .text("top-1, 95 %"), .number("top-5", .fixed(4)), .text("top-5, 95 %"),
        .number("calibration error", .fixed(4)),
      ],
      rows: zip(sides, record.models).map { side, model in
        let metrics = side.metrics
        return DataTable.Row([
          .text(side.name), .number(Double(model.bytes) / 1e6),
          .number(metrics?.top1.fraction), .text(Self.interval(metrics?.top1)),
          .number(metrics?.top5?.fraction), .text(Self.interval(metrics?.top5)),
          .number(metrics?.calibration?.error),
        ])
      })
  }

  /// What the two models' answers and scores say; nil without another model.
  var comparisonTable: DataTable? {
    guard record.models.count > 1 else { return nil }
    func cell(_ text: String?) -> DataTable.Cell { text.map { .text($0) } ?? .missing }
    let drop = paired?.detectableDrop.map { points($0, 2) }
    return DataTable(
      "\(sideNames[1]) against \(sideNames[0])",
      columns: [
        .number("changed", .integer), .number("fixed", .integer), .number("broken", .integer),
        .text("p"), .text("95 % of difference, points"), .text("drop that would show, points"),
        .text("SQNR, dB"), .text("KL, nats"),
      ],
      rows: [
        DataTable.Row([
          .number(logits?.changed), .number(paired?.outcomes.fixed),
          .number(paired?.outcomes.broken), cell(paired.map { chance($0.mcnemarP) }),
          cell(paired.map { points($0.differenceInterval, 2) }), cell(drop),
          cell(logits?.sqnr.map { fixed($0, 1) }),
          cell(logits?.meanDivergence.map { scientific($0) }),
        ])
      ])
  }

  /// A row for each class; nil without labels.
  var classTable: DataTable? {
    guard let baseline else { return nil }
    let columns = sides.flatMap { side -> [DataTable.Column] in
      let prefix = candidate == nil ? "" : side.name + " "
      return [
        .number(prefix + "recall", .fixed(4)), .text(prefix + "recall, 95 %"),
        .number(prefix + "precision", .fixed(4)), .text(prefix + "precision, 95 %"),
      ]
    }
    return DataTable(
      "Classes",
      columns: [.number("id", .integer), .text("label"), .number("images", .integer)] + columns,
      rows: labels.indices.map { id in
        let cells = sides.compactMap { $0.metrics?.classes[id] }.flatMap { metrics in
          [metrics.recall, metrics.precision].flatMap { share -> [DataTable.Cell] in
            [.number(share?.fraction), .text(Self.interval(share))]
          }
        }
        let images = baseline.classes[id].recall?.total ?? 0
        return DataTable.Row([.number(id), .text(labels[id]), .number(images)] + cells)
      })
  }

  /// Images by label and answer of one model: the matrix, or of many classes what is confused most.
  func confusionTable(_ name: String, _ metrics: ModelMetrics) -> DataTable {
    if labels.count <= Self.matrixLimit { return matrixTable(name, metrics) }
    let wrong = metrics.confusion.filter { $0.label != $0.answer }
      .sorted { ($1.images, $0.label, $0.answer ?? -1) < ($0.images, $1.label, $1.answer ?? -1) }
    return DataTable(
      "\(name): confused most",
      columns: [.text("label"), .text("answer"), .number("images", .integer)],
      rows: wrong.prefix(Self.shownConfusions).map { cell in
        DataTable.Row([
          .text(labels[cell.label]), .text(cell.answer.map { labels[$0] } ?? "none"),
          .number(cell.images),
        ])
      })
  }

  private func matrixTable(_ name: String, _ metrics: ModelMetrics) -> DataTable {
    let rows = matrix(metrics).enumerated().map { label, counts in
      DataTable.Row([.text("\(label) \(labels[label])")] + counts.map { .number($0) })
    }
    return DataTable(
      "\(name): images by label (rows) and answer (columns)",
      columns: [.text("label")] + labels.indices.map { .number("\($0)", .integer) }, rows: rows)
  }

  /// Images by label and answer.
  func matrix(_ metrics: ModelMetrics) -> [[Int]] {
    var counts = labels.map { _ in labels.map { _ in 0 } }
    for cell in metrics.confusion {
      if let answer = cell.answer { counts[cell.label][answer] += cell.images }
    }
    return counts
  }

  /// A row for each image that was passed over; nil where there is none.
  var badTable: DataTable? {
    if bad.isEmpty { return nil }
    return DataTable(
      "Images passed over",
      columns: [.number("index", .integer), .text("image"), .text("fault")],
      rows: bad.map { DataTable.Row([.number($0.index), .text($0.name), .text($0.fault)]) })
  }

  /// The interval's ends, or nothing.
  private static func interval(_ share: Share?) -> String {
    share.map { "\(fixed($0.interval.lower, 4)) .. \(fixed($0.interval.upper, 4))" } ?? ""
  }
}
