import Bench
import Foundation
import ReportPage

extension TuneReport {
  /// The search as one page of HTML, with nothing outside of it.
  public func page() -> Page {
    let best = candidates[winner]
    return Page(
      title: "The fastest mixture of \(model.name)",
      subtitle:
        "at most \(fixed(100 * maxDrop, 2)) \(accuracy == nil ? "% of answers changed" : "points lost") over "
        + "\(images) images",
      sections: [
        Section(
          "In short", key: "summary",
          [
            .keyFigures([
              KeyFigure("speed-up", "\(fixed(best.speedup, 2)) x", remark: "against fp32"),
              KeyFigure("int8 nodes", "\(best.nodes)"),
              KeyFigure("lost", "\(fixed(100 * best.drop, 2)) %"),
              KeyFigure("saved", "\(megabytes(best.savedBytes)) MB"),
            ]),
            .scatter(scatter),
          ]),
        Section("Mixtures", key: "mixtures", [.table(candidateTable)]),
        Section("What can be quantized", key: "moves", [.table(moveTable)]),
      ])
  }

  private var scatter: ScatterChart {
    func points(_ isMeant: (Candidate) -> Bool) -> [ScatterChart.Point] {
      candidates.filter { isMeant($0) && $0.logits.sqnr != nil && $0.nodes > 0 }.map {
        .init("\($0.nodes) int8 nodes", x: $0.speedup, y: $0.logits.sqnr ?? 0)
      }
    }
    return ScatterChart(
      "Mixtures that were run",
      x: Axis("speed-up", unit: "x", format: .fixed(2), better: .higherIsBetter, reference: 1),
      y: Axis("SQNR of the logits", unit: "dB", format: .fixed(1), better: .higherIsBetter),
      series: [
        .init("within the budget", points(\.isWithinBudget)),
        .init("loses too much", points { !$0.isWithinBudget }),
      ].filter { !$0.points.isEmpty })
  }

  private var candidateTable: DataTable {
    DataTable(
      "In the order of the search",
      columns: [
        .number("int8 nodes", .integer), .number("fp32", unit: "ms", .fixed(2)),
        .number("latency", unit: "ms", .fixed(2)), .number("speed-up", .fixed(3)),
      ] + StudyReport.errorColumns + [
        .number("lost", unit: "%", .fixed(2)), .text("within the budget"), .text("front"),
      ],
      rows: candidates.enumerated().map { index, candidate in
        .init(
          [
            .number(candidate.nodes), .number(candidate.baseline), .number(candidate.latency),
            .number(candidate.speedup),
          ] + StudyReport.errorCells(candidate.logits) + [
            .number(100 * candidate.drop), .text(candidate.isWithinBudget ? "yes" : "no"),
            .text(candidate.isOnFront ? "yes" : "no"),
          ], isMarked: index == winner)
      })
  }

  private var moveTable: DataTable {
    let chosen = Set(candidates[winner].moves)
    return DataTable(
      "Nodes that share a quantized input go together; the most useful first",
      columns: [
        .text("nodes"), .text("scales"), .number("saves", unit: "us", .signed(1)),
        .number("SQNR alone", unit: "dB", .fixed(1)), .text("in the winner"),
      ],
      rows: moves.enumerated().map { index, move in
        .init(
          [
            .text(move.nodes.joined(separator: " ")),
            .text(move.form.text), .number(move.saved),
            .number(-10 * log10(max(move.damage, 1e-30))),
            .text(chosen.contains(index) ? "yes" : "no"),
          ], isMarked: chosen.contains(index))
      })
  }
}
