import Foundation
import ViTEngine
import ViTKernel

extension Peak {
  /// The time in milliseconds that `work` takes at the peak.
  func milliseconds(_ work: Work) -> Double {
    2 * Double(work.multiplyAdds) / (work.arithmetic == .int8 ? int8 : float) / 1e6
  }

  func share(_ row: Profile.Row) -> Double? {
    row.work.map { milliseconds($0) / row.milliseconds }
  }
}

extension Profile {
  /// Two tables: time by kernel, with what the steps do not explain, and the longest steps.
  ///
  /// - Parameters:
  ///   - peak: What the processor can do at most, measured on the same threads.
  ///   - longest: How many steps to list.
  public func text(peak: Peak, longest: Int) -> String {
    head(peak) + "\n" + kernelTable(peak).plain + "\n" + stepTable(peak, longest: longest).plain
  }

  /// As ``text(peak:longest:)``, in Markdown.
  public func markdown(peak: Peak, longest: Int) -> String {
    head(peak) + "\n" + kernelTable(peak).markdown + "\n"
      + stepTable(peak, longest: longest).markdown
  }

  private func head(_ peak: Peak) -> String {
    let head =
      "batch \(batchSize), \(threads) threads, medians of \(runs) runs: "
      + "\(number(milliseconds)) ms a run, \(number(milliseconds / Double(batchSize))) an image\n"
    let products = rows.compactMap(\.work).map(peak.milliseconds).reduce(0, +)
    let limit =
      "peak: float32 \(number(peak.float)) GFLOP/s (\(peak.floatInstruction)), int8 "
      + "\(number(peak.int8)) GOP/s (\(peak.int8Instruction)); all products at that rate take "
      + "\(number(products)) ms, \(percent(products / milliseconds)) of the run\n"
    return head + limit
  }

  private func kernelTable(_ peak: Peak) -> Table {
    let sum = rows.map(\.milliseconds).reduce(0, +)
    var cells = kernels.map { entry in
      [
        entry.kernel, "\(entry.steps)", number(entry.milliseconds),
        percent(entry.milliseconds / milliseconds), entry.rate.map { number($0) } ?? "",
        share(of: entry.kernel, peak).map(percent) ?? "",
      ]
    }
    cells.append(
      [
        "(between the steps)", "", number(milliseconds - sum),
        percent((milliseconds - sum) / milliseconds), "", "",
      ])
    let columns = ["kernel", "steps", "ms", "of run", "G op/s", "of peak"]
    return table(columns, cells, left: [0])
  }

  /// The share of the peak that all steps of a kernel reach together; nil where it has no products.
  private func share(of kernel: String, _ peak: Peak) -> Double? {
    let steps = rows.filter { $0.kernel == kernel && $0.work != nil }
    guard !steps.isEmpty else { return nil }
    return steps.compactMap(\.work).map(peak.milliseconds).reduce(0, +)
      / steps.map(\.milliseconds).reduce(0, +)
  }

  private func stepTable(_ peak: Peak, longest: Int) -> Table {
    let sorted = rows.sorted { $0.milliseconds > $1.milliseconds }.prefix(longest)
    let cells = sorted.map { row in
      [
        row.kernel, number(row.milliseconds), percent(row.milliseconds / milliseconds),
        row.rate.map { number($0) } ?? "",
        peak.share(row).map(percent) ?? "",
        row.origins.count == 1 ? row.name : "\(row.name) and \(row.origins.count - 1) more",
      ]
    }
    let columns = ["kernel", "ms", "of run", "G op/s", "of peak", "nodes"]
    return table(columns, cells, left: [0, 5])
  }

  private func table(_ headers: [String], _ cells: [[String]], left: Set<Int>) -> Table {
    let columns = headers.enumerated().map { index, header in
      Table.Column(header: header, alignment: left.contains(index) ? .left : .right)
    }
    return Table(blocks: [columns], rows: cells.map { [$0] })
  }

  private func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.3f" : "%.1f", value)
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
