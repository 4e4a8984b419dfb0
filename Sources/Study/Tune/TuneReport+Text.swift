import Bench
import Foundation
import OnnxParse
import Quant

extension TuneReport {
  /// The search for a terminal: the moves that save time, the mixtures, and the winner.
  public func text() -> String {
    """
    \(heading)
    What saves time, the most for the least damage first
    \(moveTable.plain)
    Mixtures that were run
    \(candidateTable.plain)
    \(outcome)
    """
  }

  /// The same as Markdown.
  public func markdown() -> String {
    """
    # The fastest mixture of \(model.name)

    \(heading)
    ## What saves time

    \(moveTable.markdown)
    ## Mixtures that were run

    \(candidateTable.markdown)
    \(outcome)
    """
  }

  /// The report as JSON, keys in alphabetical order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  private var heading: String {
    let top1 = accuracy.map { ", fp32 top-1 \(fixed($0, 3))" } ?? ""
    let what = accuracy == nil ? "changed answers" : "points lost"
    return """
      \(model.name): \(images) images\(top1); at most \(fixed(100 * maxDrop, 2)) \(what) in 100
      \(machine.processor), \(machine.instructionSet), \(machine.threadsInWords)

      """
  }

  private var moveTable: Table {
    let useful = moves.filter(\.isUseful)
    return Table(
      blocks: [
        [
          .init(header: "nodes", alignment: .left), .init(header: "scales", alignment: .left),
          .init(header: "saves us"), .init(header: "SQNR dB"),
        ]
      ],
      rows: useful.map { move in
        [
          [
            move.nodes.joined(separator: " "), move.form.text,
            fixed(move.saved, 1), fixed(-10 * log10(max(move.damage, 1e-30)), 1),
          ]
        ]
      })
  }

  private var candidateTable: Table {
    let order = candidates.indices.sorted { candidates[$0].speedup > candidates[$1].speedup }
    return Table(
      blocks: [
        [
          .init(header: "int8 nodes"), .init(header: "fp32 ms"), .init(header: "ms"),
          .init(header: "speed-up"), .init(header: "SQNR dB"), .init(header: "changed"),
          .init(header: accuracy == nil ? "lost, %" : "lost, points"),
          .init(header: "", alignment: .left),
        ]
      ],
      rows: order.map { index in
        let candidate = candidates[index]
        let marks = [
          index == winner ? "winner" : nil, candidate.isOnFront ? "front" : nil,
          candidate.isWithinBudget ? nil : "loses too much",
        ]
        return [
          [
            "\(candidate.nodes)", fixed(candidate.baseline, 2), fixed(candidate.latency, 2),
            fixed(candidate.speedup, 3), candidate.logits.sqnr.map { fixed($0, 1) } ?? "-",
            "\(candidate.logits.changed)", fixed(100 * candidate.drop, 2),
            marks.compactMap { $0 }.joined(separator: ", "),
          ]
        ]
      })
  }

  private var outcome: String {
    guard winner != 0 else { return "No mixture within the budget is faster than fp32 here.\n" }
    let best = candidates[winner]
    let front = candidates.count(where: \.isOnFront)
    let shown = best.accuracy.map { accuracy in
      let drop = accuracy.detectableDrop.map { "\(fixed(100 * $0, 2)) points" } ?? "no drop at all"
      return " These images could have shown \(drop)."
    }
    return """
      The fastest within the budget: \(best.nodes) int8 nodes, \(fixed(best.speedup, 2)) times as fast \
      as fp32, \(megabytes(best.savedBytes)) MB less; \(front) of the mixtures are on the Pareto front.\
      \(shown ?? "")

      """
  }
}
