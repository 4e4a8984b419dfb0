import ReportPage

extension ProfileReport {
  /// The report as a page: time by kernel, by layer where the nodes' names tell layers, and by step.
  public func page() -> Page {
    Page(
      title: "\(model.map { $0.name + ": " } ?? "")where the time goes",
      subtitle: machine.map { "\($0.processor), \($0.instructionSet), \($0.threads) threads" }
        ?? "\(threads) threads",
      sections: [
        Section("Overview", overview),
        Section("Kernels", [.bars(kernelChart), .table(kernelTable)]),
      ] + layerSection
        + [
          Section("Steps", [.bars(stepChart), .table(stepTable(steps, "All steps", links: true))]),
          Section("Steps by kernel", kernels.map(details)),
        ])
  }

  private var overview: [Block] {
    let figures = [
      KeyFigure(
        "median run", quantity(milliseconds) + " ms",
        remark: batchSize == 1
          ? "batch 1" : "\(quantity(milliseconds / Double(batchSize))) ms an image"),
      KeyFigure(
        "products at the peak", quantity(millisecondsAtPeak) + " ms",
        remark: "\(NumberFormat.percent(1).text(millisecondsAtPeak / milliseconds)) of the run"),
      KeyFigure(
        "longest kernel", kernels.first?.name ?? "–",
        remark: kernels.first.map {
          NumberFormat.percent(1).text($0.milliseconds / milliseconds) + " of the run"
        } ?? ""),
      KeyFigure("steps", "\(steps.count)", remark: "of \(kernels.count) kernels"),
    ]
    let facts = [
      machine.map { FactGroup("Machine", $0.facts) }, model.map { FactGroup("Model", $0.facts) },
      FactGroup("Run", runFacts),
    ]
    return [
      .keyFigures(figures), .facts(facts.compactMap { $0 }),
      .note(
        "Steps are timed one by one, the whole run apart from them; the difference is the time "
          + "between the steps. The peak is what the processor can do at most in multiply-adds."),
    ]
  }

  /// What was run, in the words of a page.
  var runFacts: [Fact] {
    [
      Fact("batch", "\(batchSize)"), Fact("threads", "\(threads)"), Fact("runs", "\(runs)"),
      Fact("float32 peak", "\(quantity(peak.floatGflops)) GFLOP/s (\(peak.floatInstruction))"),
      Fact("int8 peak", "\(quantity(peak.int8Gops)) GOP/s (\(peak.int8Instruction))"),
    ]
  }

  private func quantity(_ value: Double) -> String { NumberFormat.significant(3).text(value) }

  private var kernelChart: BarChart {
    BarChart(
      "Time by kernel", quantity: "time of all steps", unit: "ms", series: ["time"],
      groups: kernels.map { BarChart.Group($0.name, [BarChart.Bar($0.milliseconds)]) })
  }

  private var kernelTable: DataTable {
    let rows = kernels.map { kernel in
      DataTable.Row([
        .link(kernel.name, Link(kernel.key)), .number(kernel.steps.count),
        .number(kernel.milliseconds), .number(kernel.milliseconds / milliseconds),
        .number(kernel.rate), .number(kernel.shareOfPeak),
      ])
    }
    let between = DataTable.Row([
      .text("(between the steps)"), .missing, .number(millisecondsBetween),
      .number(millisecondsBetween / milliseconds),
    ])
    return DataTable(
      "Kernels", columns: [.text("kernel"), .number("steps", .integer)] + Self.figures,
      rows: rows + [between])
  }

  private static let figures: [DataTable.Column] = [
    .number("time", unit: "ms", .fixed(4)), .number("of run", .percent(1), hasBars: true),
    .number("rate", unit: "G op/s", .significant(3)),
    .number("of peak", .percent(1), hasBars: true),
  ]

  /// The time of kernels in layers; nothing where names tell no layers.
  private var layerSection: [Section] {
    let layers = Dictionary(grouping: steps.filter { $0.layer != nil }) { $0.layer ?? 0 }
    guard layers.count > 1 else { return [] }
    let numbers = layers.keys.sorted()
    let names = kernels.map(\.name).filter { name in
      layers.values.contains { $0.contains { $0.kernel == name } }
    }
    let map = HeatMap(
      "Time by layer and kernel", quantity: "time", unit: "ms", scaling: .logarithmic,
      rows: numbers.map { "layer \($0)" }, columns: names,
      values: numbers.map { number in
        names.map { name in
          let times = (layers[number] ?? []).filter { $0.kernel == name }.map(\.milliseconds)
          return times.isEmpty ? nil : times.reduce(0, +)
        }
      })
    return [Section("Layers", [.heatMap(map)])]
  }

  private static let shownSteps = 25

  private var stepChart: BarChart {
    let longest = steps.sorted { $0.milliseconds > $1.milliseconds }.prefix(Self.shownSteps)
    return BarChart(
      steps.count > Self.shownSteps ? "The \(Self.shownSteps) longest steps" : "All steps",
      quantity: "time", unit: "ms", series: ["time"],
      groups: longest.map { BarChart.Group($0.name, [BarChart.Bar($0.milliseconds)]) })
  }

  private func stepTable(_ steps: [Step], _ title: String, links: Bool) -> DataTable {
    let kernel: [DataTable.Column] = links ? [.text("kernel")] : []
    return DataTable(
      title,
      columns: [.text("node")] + kernel + Self.figures + [.number("nodes", .integer)],
      rows: steps.map { step in
        DataTable.Row(
          [.text(step.name)] + (links ? [.link(step.kernel, Link(step.kernelKey))] : []) + [
            .number(step.milliseconds), .number(step.milliseconds / milliseconds),
            .number(step.rate), .number(step.shareOfPeak), .number(step.nodes.count),
          ])
      })
  }

  private func details(_ kernel: Kernel) -> Block {
    let nodes = kernel.steps.filter { $0.nodes.count > 1 }.map { step in
      Fact(step.name, "stands for " + step.nodes.joined(separator: ", "))
    }
    let share = NumberFormat.percent(1).text(kernel.milliseconds / milliseconds)
    return .details(
      Details(
        kernel.name,
        remark: "\(kernel.steps.count) steps, \(quantity(kernel.milliseconds)) ms, \(share)",
        key: kernel.key,
        [.table(stepTable(kernel.steps, "Steps of \(kernel.name)", links: false))]
          + (nodes.isEmpty ? [] : [.facts([FactGroup("Nodes that are one step", nodes)])])))
  }
}

extension ProfileReport.Kernel {
  fileprivate var key: String { "kernel \(name)" }
}

extension ProfileReport.Step {
  fileprivate var kernelKey: String { "kernel \(kernel)" }

  /// The number behind the word that exporters have for a layer; nil where the name has none.
  var layer: Int? {
    let names = nodes.lazy.compactMap { name in
      name.firstMatch(of: /(?:^|[\/._])(?:layers?|blocks?|resblocks|h)[\/._](\d{1,4})(?:[\/._]|$)/)
    }
    return names.first.flatMap { Int($0.1) }
  }
}
