import Quant
import ReportPage

extension Machine {
  /// The machine in the words of a page.
  package var facts: [Fact] {
    [
      Fact("processor", processor), Fact("instruction set", instructionSet),
      Fact("threads", "\(threads) on \(cores) cores"),
      Fact("OpenBLAS", "\(openblasVersion) \(openblasKernel)"),
      Fact("system", operatingSystem),
    ]
  }
}

extension ModelSummary {
  /// The model in the words of a page.
  package var facts: [Fact] {
    [
      Fact("name", name), Fact("opset", opset.map { "\($0)" } ?? "none"),
      Fact("nodes", "\(nodes)"),
      Fact("input", inputShape.map(String.init).joined(separator: "x")),
    ]
  }
}

extension Parameters {
  /// The parameters in the words of a page.
  var facts: [Fact] {
    [
      Fact("preset", preset), Fact("optimization level", optimizationLevel),
      Fact("duration of a side", "\(seconds(duration)) s"), Fact("warm-ups", "\(warmups)"),
      Fact("images", (images ?? "none") + (imageSelection.map { " (\($0))" } ?? "")),
    ]
  }
}

extension ConfigurationReport {
  static let labelMeaning = "what is quantized / the groups left in fp32 / scales"

  /// The configuration in a line.
  var label: String { names.joined(separator: " / ") }

  static let columns: [DataTable.Column] = [
    .text("quantized"), .text("excluded"), .text("scales"),
  ]

  var cells: [DataTable.Cell] { names.map { .text($0) } }
}

extension ConfigurationReport.Bytes {
  /// The quantized size as a fraction of the other.
  var share: Double { Double(optimized) / Double(original) }
}

extension Accuracy {
  /// What quantization changes, in percentage points.
  var change: Double { 100 * (optimized - original) }
}

extension TimeMetrics {
  /// The median with whiskers to the 99th percentile.
  var bar: BarChart.Bar {
    BarChart.Bar(latency50, spread: BarChart.Spread(latency50, latency99))
  }
}

extension BenchReport {
  /// `cell` in words, with the length only where there are several.
  func name(_ cell: Cell) -> String {
    Set(cells.map(\.length)).count > 1
      ? "batch \(cell.batch), length \(cell.length)" : "batch \(cell.batch)"
  }
}
