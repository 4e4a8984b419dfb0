import ReportPage

extension ProfileReport {
  /// A row for each step in order, under the names of the JSON; nodes are parted by blanks, and what a
  /// step does not have is empty.
  public func csv() -> String {
    let rows = steps.enumerated().map { index, step in
      [
        "\(index)", step.kernel, step.nodes.joined(separator: " "), "\(step.milliseconds)",
        step.multiplyAdds.map { "\($0)" } ?? "", step.arithmetic?.rawValue ?? "",
        step.shareOfPeak.map { "\($0)" } ?? "",
      ]
    }
    let header = [
      "step", "kernel", "nodes", "milliseconds", "multiply_adds", "arithmetic", "share_of_peak",
    ]
    return CSV.text(header: header, rows: rows)
  }
}
