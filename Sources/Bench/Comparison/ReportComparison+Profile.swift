import ReportPage

extension ReportComparison {
  /// Two profiles: time of each kernel and of each step. A step's partner stands for a node of the same
  /// name, whatever kernel it runs.
  ///
  /// - Parameter names: What to call them, such as their files.
  public init(_ a: ProfileReport, _ b: ProfileReport, names: (a: String, b: String)) {
    let (facts, differences) = Self.sideBySide([
      ("machine", a.machine?.facts ?? [], b.machine?.facts ?? []),
      ("model", a.model?.facts ?? [], b.model?.facts ?? []), ("run", a.conditions, b.conditions),
    ])
    let steps = paired(a.steps, b.steps, by: \.name)
    title = (a.model.map { $0.name + ": " } ?? "") + "two profiles"
    self.names = names
    self.facts = facts
    self.differences = differences
    keyFigures = [
      KeyFigure(
        "whole run", fixed(a.milliseconds / b.milliseconds, 2) + " x",
        remark: "A \(fixed(a.milliseconds, 3)) ms, B \(fixed(b.milliseconds, 3)) ms"),
      KeyFigure("steps", "\(a.steps.count) and \(b.steps.count)", remark: "A and B"),
    ]
    let kernels = Self.kernels(a, b)
    charts = [Self.chart(kernels)]
    exported = Self.stepTable(steps.pairs, onlyA: steps.onlyA, onlyB: steps.onlyB)
    tables = [Self.kernelTable(kernels), exported]
    // A fusion more or less is what a profile is compared for; the table has the steps.
    unmatched = []
  }

  private typealias KernelPair = (name: String, a: Double?, b: Double?)

  /// Times of all kernels, those that take longest first.
  private static func kernels(_ a: ProfileReport, _ b: ProfileReport) -> [KernelPair] {
    let names = distinct((a.kernels + b.kernels).map(\.name))
    let pairs: [KernelPair] = names.map { name in
      (
        name, a.kernels.first { $0.name == name }?.milliseconds,
        b.kernels.first { $0.name == name }?.milliseconds
      )
    }
    return pairs.sorted { max($0.a ?? 0, $0.b ?? 0) > max($1.a ?? 0, $1.b ?? 0) }
  }

  private static func chart(_ kernels: [KernelPair]) -> Block {
    .bars(
      BarChart(
        "Time by kernel", quantity: "time of all steps", unit: "ms", series: ["A", "B"],
        groups: kernels.map { BarChart.Group($0.name, [BarChart.Bar($0.a), BarChart.Bar($0.b)]) }))
  }

  private static let times: [DataTable.Column] = [
    .number("A", unit: "ms", .fixed(4)), .number("B", unit: "ms", .fixed(4)),
    .number("ratio", unit: "x", .fixed(2)), .number("B - A", unit: "ms", .signed(4)),
  ]

  private static func cells(_ a: Double?, _ b: Double?) -> [DataTable.Cell] {
    guard let a, let b else { return [.number(a), .number(b)] }
    return [.number(a), .number(b), .number(a / b), .number(b - a)]
  }

  private static func kernelTable(_ kernels: [KernelPair]) -> DataTable {
    DataTable(
      "Kernels", columns: [.text("kernel")] + times,
      rows: kernels.map { DataTable.Row([.text($0.name)] + cells($0.a, $0.b)) })
  }

  private static func stepTable(
    _ pairs: [(a: ProfileReport.Step, b: ProfileReport.Step)], onlyA: [ProfileReport.Step],
    onlyB: [ProfileReport.Step]
  ) -> DataTable {
    let rows =
      pairs.map {
        ($0.a.name, $0.a.kernel, $0.b.kernel, cells($0.a.milliseconds, $0.b.milliseconds))
      }
      + onlyA.map { ($0.name, $0.kernel, "–", cells($0.milliseconds, nil)) }
      + onlyB.map { ($0.name, "–", $0.kernel, cells(nil, $0.milliseconds)) }
    return DataTable(
      "Steps", columns: [.text("node"), .text("A kernel"), .text("B kernel")] + times,
      rows: rows.map { name, a, b, cells in
        DataTable.Row([.text(name), .text(a), .text(b)] + cells)
      })
  }
}

extension ProfileReport {
  /// What must be equal for times to be compared; the peak is measured, never quite equal.
  fileprivate var conditions: [Fact] {
    [Fact("batch", "\(batchSize)"), Fact("threads", "\(threads)"), Fact("runs", "\(runs)")]
  }
}
