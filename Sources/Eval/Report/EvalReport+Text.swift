import Bench
import ReportPage

extension EvalReport {
  /// The report for a terminal.
  public func text() -> String {
    let tables = tables.map { "\($0.title)\n\(Table($0).plain)" }
    return ([head + "\n"] + tables + [notes]).joined(separator: "\n")
  }

  /// The report in Markdown.
  public func markdown() -> String {
    let tables = tables.map { "## \($0.title)\n\n\(Table($0, escaping: true).markdown)" }
    return (["# \(title)\n", head + "\n"] + tables + [notes]).joined(separator: "\n")
  }

  private var tables: [DataTable] {
    let confusion = sides.compactMap { side in
      side.metrics.map { confusionTable(side.name, $0) }
    }
    return [summaryTable] + [comparisonTable, classTable].compactMap { $0 } + confusion
      + [badTable].compactMap { $0 }
  }

  var title: String { "\(record.models.map(\.name).joined(separator: " and ")): evaluation" }

  private var head: String {
    let drawn = record.images.sample.map { " (drawn with seed \($0.seed))" } ?? ""
    let skipped = bad.isEmpty ? "" : ", \(bad.count) passed over"
    let batch = record.batchSize == 1 ? "one at a time" : "in batches of \(record.batchSize)"
    return """
      \(model.name) on \(record.images.path): \(images == 1 ? "1 image" : "\(images) images")\(drawn)\(skipped), \(labels.count) \
      classes, \(batch)
      \(machine.processor), \(machine.instructionSet), \(machine.processorsInWords); \
      \(fixed(time.seconds, 1)) s, \(fixed(time.imagesPerSecond, 1)) images/s \
      from file to answer
      """
  }

  private var notes: String {
    if baseline == nil { return "The images have no labels, so accuracy is not known.\n" }
    var lines = [
      "95 %: Wilson's interval. Calibration error: expected, over 15 intervals of equal width."
    ]
    if record.models.count > 1 {
      lines += [
        "fixed: wrong in \(sides[0].name), right in \(sides[1].name); broken: the reverse; p: "
          + "McNemar's exact test.",
        "95 % of difference: by the paired bootstrap. drop that would show: at 0.05 with power 0.8.",
      ]
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
