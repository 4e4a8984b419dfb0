extension BenchReport {
  /// The report in the form of the published ViT-Base card.
  public func markdown() -> String {
    let times = cells.map { cell in
      """
      Below, time metrics for batch size = \(cell.batch), input length = \(cell.length) \
      (preset `\(parameters.preset)`).

      \(cardTimeTable(cell).markdown)
      """
    }
    return """
      \(frontMatter)
      \(fixedParameters)
      \(benchmarkedParameters)
      # Evaluation

      ## Non-time metrics

      Preset `\(parameters.preset)`.

      \(cardSummaryTable.markdown)
      \(statisticsSection)## Time metrics

      Time benchmarks were run for \(seconds(parameters.duration)) seconds per config, original \
      and optimized by turns in one process, after \(parameters.warmups) warm-ups of each.

      \(times.joined(separator: "\n"))
      \(cardNotes)
      """
  }

  private var frontMatter: String {
    """
    ---
    pipeline_tag: image-classification
    metrics:
    - \(parameters.images == nil ? "latency" : "accuracy")
    tags:
    - vit
    ---

    **task**: `image-classification`

    **Backend:** `vitq`

    **Backend args:** `{'processor': '\(machine.processor)', \
    'instruction_set': '\(machine.instructionSet)', 'cores': \(machine.cores), \
    'threads': \(machine.threads), 'openblas_version': '\(machine.openblasVersion)', \
    'openblas_kernel': '\(machine.openblasKernel)', \
    'operating_system': '\(machine.operatingSystem)'}`

    **Number of evaluation samples:** `\(configurations.first?.accuracy?.samples ?? 0)`

    """
  }

  private var fixedParameters: String {
    let dataset = parameters.images.map { "* **dataset**:\n  * **path**: `\($0)`\n" } ?? ""
    let opset = model.opset.map { "  * **opset**: `\($0)`\n" } ?? ""
    let range = parameters.range.map { "* **range**: `\($0)`\n" } ?? ""
    return """
      Fixed parameters:
      * **model_name_or_path**: `\(model.name)`
      \(dataset)* **quantization_approach**: `dynamic`
      * **preset**: `\(parameters.preset)`
      \(range)* **framework**: `vitq`
      * **framework_args**:
      \(opset)  * **optimization_level**: `\(parameters.optimizationLevel)`
      * **aware_training**: `False`

      """
  }

  private var benchmarkedParameters: String {
    func values(_ texts: [String]) -> String {
      distinct(texts).map { "`\($0)`" }.joined(separator: ", ")
    }
    return """
      Benchmarked parameters:
      * **operators_to_quantize**: \(values(configurations.map { $0.operatorsToQuantize.python }))
      * **node_exclusion**: \(values(configurations.map { $0.nodeExclusion.python }))
      * **per_channel**: \(values(configurations.map { $0.perChannel.python }))

      """
  }

  private var cardNotes: String {
    """
    `throughput` is the number of forwards over the nominal duration. `input_length` changes \
    nothing for images: each length is one more measurement of the same.\
    \(noteOnAdd.map { " " + $0 } ?? "")

    """
  }

  private static let configurationColumns = [
    "operators_to_quantize", "node_exclusion", "per_channel",
  ].map { Table.Column(header: $0) }

  private func configurationCells(_ configuration: ConfigurationReport) -> [String] {
    [
      configuration.operatorsToQuantize.python, configuration.nodeExclusion.python,
      configuration.perChannel.python,
    ].map { "`\($0)`" }
  }

  private var cardSummaryTable: Table {
    let hasAccuracy = parameters.images != nil
    let accuracy = ["accuracy (original)", "accuracy (optimized)", "predictions changed"]
    let size = ["size (original, MB)", "size (optimized, MB)", "quantized nodes"]
    return Table(
      blocks: [Self.configurationColumns]
        + (hasAccuracy ? [accuracy, size] : [size]).map { $0.map { Table.Column(header: $0) } },
      rows: configurations.map { configuration in
        [configurationCells(configuration)]
          + (hasAccuracy ? [cardAccuracyCells(configuration.accuracy)] : [])
          + [
            [
              megabytes(configuration.modelBytes.original),
              megabytes(configuration.modelBytes.optimized),
              configuration.quantizedNodesText,
            ]
          ]
      })
  }

  private var statisticsSection: String {
    if !hasStatistics { return "" }
    let columns = [
      [
        "fixed", "broken", "McNemar p", "95 % of difference (points)",
        "drop that would show (points)",
      ],
      ["logit SQNR (dB)", "logit KL (nats)"],
    ]
    let table = Table(
      blocks: [Self.configurationColumns] + columns.map { $0.map { Table.Column(header: $0) } },
      rows: configurations.map { configuration in
        let cells = statisticsCells(configuration.accuracy)
        return [configurationCells(configuration), Array(cells[..<5]), Array(cells[5...])]
      })
    let notes = notesOnStatistics.joined(separator: "\n")
    return "## What the accuracy says\n\n\(table.markdown)\n\(notes)\n\n"
  }

  private func cardAccuracyCells(_ accuracy: Accuracy?) -> [String] {
    guard let accuracy else { return ["-", "-", "-"] }
    return [
      fixed(accuracy.original, 3), fixed(accuracy.optimized, 3), String(accuracy.changed),
    ]
  }

  private func cardTimeTable(_ cell: Cell) -> Table {
    let blocks = [
      ["latency_mean (original, ms)", "latency_mean (optimized, ms)"],
      ["throughput (original, /s)", "throughput (optimized, /s)"],
      ["images (original, /s)", "images (optimized, /s)", "speed-up"],
    ]
    return Table(
      blocks: [Self.configurationColumns]
        + blocks.map { $0.map { Table.Column(header: $0) } },
      rows: times(at: cell).map { configuration, time in
        [
          configurationCells(configuration),
          [fixed(time.baseline.latencyMean, 2), fixed(time.optimized.latencyMean, 2)],
          [fixed(time.baseline.throughput, 2), fixed(time.optimized.throughput, 2)],
          [
            fixed(time.baseline.imagesPerSecond, 1), fixed(time.optimized.imagesPerSecond, 1),
            fixed(time.speedup, 2),
          ],
        ]
      })
  }
}

extension Array where Element: RawRepresentable<String> {
  /// The list of names as Python prints it.
  fileprivate var python: String {
    "[" + map { "'\($0.rawValue)'" }.joined(separator: ", ") + "]"
  }
}

extension Bool {
  /// The value as Python prints it.
  fileprivate var python: String { self ? "True" : "False" }
}
