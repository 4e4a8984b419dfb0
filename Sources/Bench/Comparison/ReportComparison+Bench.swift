import Quant
import ReportPage

extension ReportComparison {
  /// Two benchmarks: latencies of each configuration at each batch size and input length, accuracies,
  /// sizes.
  ///
  /// - Parameter names: What to call them, such as their files.
  public init(_ a: BenchReport, _ b: BenchReport, names: (a: String, b: String)) {
    let (facts, differences) = Self.sideBySide([
      ("machine", a.machine.facts, b.machine.facts), ("model", a.model.facts, b.model.facts),
      ("parameters", a.parameters.facts, b.parameters.facts),
    ])
    let times = paired(Measurement.all(of: a), Measurement.all(of: b), by: \.key)
    let configurations = paired(a.configurations, b.configurations) { ConfigurationKey($0) }
    title = "\(a.model.name): two benchmarks"
    self.names = names
    self.facts = facts
    self.differences = differences
    keyFigures = Self.keyFigures(times.pairs, configurations.pairs)
    charts = Self.charts(times.pairs)
    exported = Self.timeTable(times.pairs)
    tables =
      [exported]
      + (configurations.pairs.isEmpty ? [] : [Self.accuracyTable(configurations.pairs)])
    unmatched =
      times.onlyA.map { "A: \($0.name)" } + times.onlyB.map { "B: \($0.name)" }
  }

  private typealias TimePair = (a: Measurement, b: Measurement)
  private typealias ConfigurationPair = (a: ConfigurationReport, b: ConfigurationReport)

  /// A's fp32 latency over B's.
  private static func baseline(_ pair: TimePair) -> Double {
    pair.a.time.baseline.latencyMean / pair.b.time.baseline.latencyMean
  }

  /// A's int8 latency over B's.
  private static func optimized(_ pair: TimePair) -> Double {
    pair.a.time.optimized.latencyMean / pair.b.time.optimized.latencyMean
  }

  private static func keyFigures(
    _ times: [TimePair], _ configurations: [ConfigurationPair]
  ) -> [KeyFigure] {
    func ratio(_ name: String, _ values: [Double]) -> KeyFigure {
      KeyFigure(
        name, mean(values).map { fixed($0, 2) + " x" } ?? "–",
        remark: "A over B, geometric mean of \(values.count)")
    }
    let changes = configurations.compactMap { pair -> (ConfigurationReport, Double)? in
      guard let a = pair.a.accuracy, let b = pair.b.accuracy else { return nil }
      return (pair.a, 100 * (b.optimized - a.optimized))
    }
    let worst = changes.max { abs($0.1) < abs($1.1) }
    return [ratio("fp32", times.map(baseline)), ratio("int8", times.map(optimized))]
      + (worst.map { configuration, change in
        [
          KeyFigure(
            "greatest change of int8 top-1", NumberFormat.signed(2).text(change) + " points",
            remark: configuration.label)
        ]
      } ?? [])
  }

  private static func charts(_ times: [TimePair]) -> [Block] {
    distinct(times.map(\.a.cell)).map { cell in
      .bars(
        BarChart(
          "Latency, batch \(cell.batch), length \(cell.length)",
          quantity: "median latency of a batch", unit: "ms",
          spreadMeaning: "median to 99th percentile",
          series: ["A fp32", "B fp32", "A int8", "B int8"],
          groups: times.filter { $0.a.cell == cell }.map { pair in
            let (a, b) = (pair.a.time, pair.b.time)
            return BarChart.Group(
              pair.a.configuration.label,
              [a.baseline.bar, b.baseline.bar, a.optimized.bar, b.optimized.bar])
          }))
    }
  }

  private static func timeTable(_ times: [TimePair]) -> DataTable {
    let columns: [DataTable.Column] = [
      .number("batch", .integer), .number("length", .integer),
      .number("A fp32", unit: "ms", .fixed(2)), .number("B fp32", unit: "ms", .fixed(2)),
      .number("fp32 ratio", unit: "x", .fixed(2)), .number("A int8", unit: "ms", .fixed(2)),
      .number("B int8", unit: "ms", .fixed(2)), .number("int8 ratio", unit: "x", .fixed(2)),
      .number("A speed-up", unit: "x", .fixed(2)), .number("B speed-up", unit: "x", .fixed(2)),
    ]
    return DataTable(
      "Mean latencies", columns: ConfigurationReport.columns + columns,
      rows: times.map { pair in
        let (a, b) = (pair.a.time, pair.b.time)
        let figures = [
          a.baseline.latencyMean, b.baseline.latencyMean, baseline(pair),
          a.optimized.latencyMean, b.optimized.latencyMean, optimized(pair), a.speedup, b.speedup,
        ]
        return DataTable.Row(
          pair.a.configuration.cells + [.number(a.batchSize), .number(a.inputLength)]
            + figures.map { .number($0) })
      })
  }

  private static func accuracyTable(_ pairs: [ConfigurationPair]) -> DataTable {
    let columns: [DataTable.Column] = [
      .number("A fp32 top-1", .fixed(3)), .number("B fp32 top-1", .fixed(3)),
      .number("A int8 top-1", .fixed(3)), .number("B int8 top-1", .fixed(3)),
      .number("change", unit: "points", .signed(2)), .number("A changed", .integer),
      .number("B changed", .integer), .number("A int8", unit: "MB", .fixed(2)),
      .number("B int8", unit: "MB", .fixed(2)),
    ]
    return DataTable(
      "Accuracy and size", columns: ConfigurationReport.columns + columns,
      rows: pairs.map { pair in
        let (a, b) = (pair.a.accuracy, pair.b.accuracy)
        let change = a.flatMap { a in b.map { 100 * ($0.optimized - a.optimized) } }
        return DataTable.Row(
          pair.a.cells + [
            .number(a?.original), .number(b?.original), .number(a?.optimized),
            .number(b?.optimized), .number(change), .number(a?.changed), .number(b?.changed),
            .number(Double(pair.a.modelBytes.optimized) / 1e6),
            .number(Double(pair.b.modelBytes.optimized) / 1e6),
          ])
      })
  }
}

/// What tells configurations apart, whatever the order of their lists.
private struct ConfigurationKey: Hashable {
  let operators: Set<QuantizedOperator>
  let excluded: Set<NodeGroup>
  let perChannel: Bool

  init(_ configuration: ConfigurationReport) {
    operators = Set(configuration.operatorsToQuantize)
    excluded = Set(configuration.nodeExclusion)
    perChannel = configuration.perChannel
  }
}

/// One cell of one configuration.
private struct Measurement {
  struct Key: Hashable {
    let configuration: ConfigurationKey
    let cell: BenchReport.Cell
  }

  let configuration: ConfigurationReport
  let time: TimeCell

  var cell: BenchReport.Cell {
    BenchReport.Cell(batch: time.batchSize, length: time.inputLength)
  }
  var key: Key { Key(configuration: ConfigurationKey(configuration), cell: cell) }
  var name: String { "\(configuration.label), batch \(cell.batch), length \(cell.length)" }

  /// Those of `report`, cell by cell.
  static func all(of report: BenchReport) -> [Measurement] {
    report.cells.flatMap { cell in
      report.times(at: cell).map { Measurement(configuration: $0, time: $1) }
    }
  }
}
