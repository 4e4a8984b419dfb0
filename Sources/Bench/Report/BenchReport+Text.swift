extension BenchReport {
  /// The report for a terminal: what was measured, accuracy and size, a table of times for each
  /// batch size and input length.
  public func text() -> String {
    var sections = [heading, "Accuracy and size\(suffix)\n" + summaryTable.plain]
    if hasStatistics {
      sections.append(
        "What the accuracy says\(suffix)\n" + statisticsTable.plain
          + notesOnStatistics.map { $0 + "\n" }.joined())
    }
    sections += cells.map { cell in
      "Batch size \(cell.batch), input length \(cell.length)\(suffix)\n" + timeTable(cell).plain
    }
    sections.append(textNotes)
    return sections.joined(separator: "\n")
  }

  private var suffix: String {
    let range = parameters.range.map { ", range \($0)" } ?? ""
    return " (preset \(parameters.preset)\(range))"
  }

  private var heading: String {
    let opset = model.opset.map { "opset \($0), " } ?? ""
    let shape = model.inputShape.map(String.init).joined(separator: "x")
    return """
      \(model.name): \(opset)\(model.nodes) nodes, input \(shape)
      \(machine.processor), \(machine.instructionSet), \(machine.processorsInWords), \
      OpenBLAS \(machine.openblasVersion) \(machine.openblasKernel), \
      \(machine.operatingSystem)

      """
  }

  private var textNotes: String {
    let times = """
      fp32 and int8 run by turns in one process, \(seconds(parameters.duration)) s each after \
      \(parameters.warmups) warm-ups; ms are means.
      The input length changes nothing for images: each is one more measurement of the same.

      """
    return times + (noteOnAdd.map { $0 + "\n" } ?? "")
  }

  private static let configurationColumns = [
    Table.Column(header: "quantized", alignment: .left),
    Table.Column(header: "excluded", alignment: .left),
    Table.Column(header: "scales", alignment: .left),
  ]

  private var summaryTable: Table {
    let accuracy = parameters.images == nil ? [] : ["fp32 top-1", "int8 top-1", "changed", "of"]
    return Table(
      blocks: [
        Self.configurationColumns,
        [Table.Column(header: "nodes", alignment: .left)],
        ["fp32 MB", "int8 MB"].map { Table.Column(header: $0) },
        accuracy.map { Table.Column(header: $0) },
      ],
      rows: configurations.map { configuration in
        [
          configuration.names,
          [configuration.quantizedNodesText],
          [
            megabytes(configuration.modelBytes.original),
            megabytes(configuration.modelBytes.optimized),
          ],
          accuracy.isEmpty ? [] : accuracyCells(configuration.accuracy),
        ]
      })
  }

  private func accuracyCells(_ accuracy: Accuracy?) -> [String] {
    guard let accuracy else { return ["-", "-", "-", "-"] }
    return [
      fixed(accuracy.original, 3), fixed(accuracy.optimized, 3), String(accuracy.changed),
      String(accuracy.samples),
    ]
  }

  private var statisticsTable: Table {
    let columns = [
      "fixed", "broken", "p", "95 % of difference", "drop that would show", "SQNR dB", "KL nats",
    ]
    return Table(
      blocks: [Self.configurationColumns, columns.map { Table.Column(header: $0) }],
      rows: configurations.map { [$0.names, statisticsCells($0.accuracy)] })
  }

  private func timeTable(_ cell: Cell) -> Table {
    let columns = [
      "fp32 ms", "p99", "int8 ms", "p99", "speed-up", "fp32 images/s", "int8 images/s",
    ]
    return Table(
      blocks: [Self.configurationColumns, columns.map { Table.Column(header: $0) }],
      rows: times(at: cell).map { configuration, time in
        [
          configuration.names,
          [
            fixed(time.baseline.latencyMean, 2), fixed(time.baseline.latency99, 2),
            fixed(time.optimized.latencyMean, 2), fixed(time.optimized.latency99, 2),
            fixed(time.speedup, 2), fixed(time.baseline.imagesPerSecond, 1),
            fixed(time.optimized.imagesPerSecond, 1),
          ],
        ]
      })
  }
}
