import Foundation

extension ProfileReport {
  /// Two tables: time by kernel, with what the steps do not explain, and the longest steps.
  ///
  /// - Parameter longest: How many steps to list.
  public func text(longest: Int) -> String {
    head + "\n" + kernelTable.plain + "\n" + stepTable(longest: longest).plain
  }

  /// As ``text(longest:)``, in Markdown.
  public func markdown(longest: Int) -> String {
    head + "\n" + kernelTable.markdown + "\n" + stepTable(longest: longest).markdown
  }

  private var head: String {
    let head =
      "batch \(batchSize), \(threads) threads, medians of \(runs) runs: "
      + "\(number(milliseconds)) ms a run, \(number(milliseconds / Double(batchSize))) an image\n"
    let limit =
      "peak: float32 \(number(peak.floatGflops)) GFLOP/s (\(peak.floatInstruction)), int8 "
      + "\(number(peak.int8Gops)) GOP/s (\(peak.int8Instruction)); all products at that rate take "
      + "\(number(millisecondsAtPeak)) ms, \(percent(millisecondsAtPeak / milliseconds)) of the run\n"
    return head + limit
  }

  private var kernelTable: Table {
    var cells = kernels.map { kernel in
      [
        kernel.name, "\(kernel.steps.count)", number(kernel.milliseconds),
        percent(kernel.milliseconds / milliseconds), kernel.rate.map { number($0) } ?? "",
        kernel.shareOfPeak.map(percent) ?? "",
      ]
    }
    let between = millisecondsBetween
    cells.append(
      ["(between the steps)", "", number(between), percent(between / milliseconds), "", ""])
    let columns = ["kernel", "steps", "ms", "of run", "G op/s", "of peak"]
    return table(columns, cells, left: [0])
  }

  private func stepTable(longest: Int) -> Table {
    let sorted = steps.sorted { $0.milliseconds > $1.milliseconds }.prefix(longest)
    let cells = sorted.map { step in
      [
        step.kernel, number(step.milliseconds), percent(step.milliseconds / milliseconds),
        step.rate.map { number($0) } ?? "", step.shareOfPeak.map(percent) ?? "", step.nodesText,
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

extension ProfileReport.Step {
  /// The last of the nodes, and how many more there are.
  var nodesText: String {
    nodes.count > 1 ? "\(name) and \(nodes.count - 1) more" : name
  }
}
