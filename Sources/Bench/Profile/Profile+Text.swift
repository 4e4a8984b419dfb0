import Foundation
import ViTEngine

/// The machine's measured limits, for shares of them.
public struct PeakRates: Sendable {
  /// Float32 GFLOP/s.
  public let float32: Double
  /// Int8 GOP/s.
  public let int8: Double

  /// Peaks in billions of operations a second.
  public init(float32: Double, int8: Double) {
    self.float32 = float32
    self.int8 = int8
  }

  func share(_ row: Profile.Row) -> Double? {
    guard let rate = row.rate, let work = row.work else { return nil }
    return rate / (work.arithmetic == .int8 ? int8 : float32)
  }
}

extension Profile {
  /// Two tables: time by kernel, with what the steps do not explain, and the longest steps.
  ///
  /// - Parameters:
  ///   - peak: The machine's limits; nil leaves the shares out.
  ///   - longest: How many steps to list.
  public func text(peak: PeakRates?, longest: Int) -> String {
    let head =
      "batch \(batchSize), \(threads) threads, medians of \(runs) runs: "
      + "\(number(milliseconds)) ms a run, \(number(milliseconds / Double(batchSize))) an image\n"
    return head + "\n" + kernelTable + "\n" + stepTable(peak: peak, longest: longest)
  }

  private var kernelTable: String {
    let sum = rows.map(\.milliseconds).reduce(0, +)
    var cells = kernels.map { entry in
      [
        entry.kernel, "\(entry.steps)", number(entry.milliseconds),
        percent(entry.milliseconds / milliseconds), entry.rate.map { number($0) } ?? "",
      ]
    }
    cells.append(
      [
        "(between the steps)", "", number(milliseconds - sum),
        percent((milliseconds - sum) / milliseconds), "",
      ])
    let columns = ["kernel", "steps", "ms", "of run", "G op/s"]
    return table(columns, cells, left: [0])
  }

  private func stepTable(peak: PeakRates?, longest: Int) -> String {
    let sorted = rows.sorted { $0.milliseconds > $1.milliseconds }.prefix(longest)
    let cells = sorted.map { row in
      [
        row.kernel, number(row.milliseconds), percent(row.milliseconds / milliseconds),
        row.rate.map { number($0) } ?? "",
        peak.flatMap { $0.share(row) }.map { percent($0) } ?? "",
        row.origins.count == 1 ? row.name : "\(row.name) and \(row.origins.count - 1) more",
      ]
    }
    let columns = ["kernel", "ms", "of run", "G op/s", "of peak", "nodes"]
    return table(columns, cells, left: [0, 5])
  }

  private func table(_ headers: [String], _ cells: [[String]], left: Set<Int>) -> String {
    let columns = headers.enumerated().map { index, header in
      Table.Column(header: header, alignment: left.contains(index) ? .left : .right)
    }
    return Table(blocks: [columns], rows: cells.map { [$0] }).plain
  }

  private func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.3f" : "%.1f", value)
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
