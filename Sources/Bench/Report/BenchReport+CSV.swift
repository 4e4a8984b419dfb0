import ReportPage

extension BenchReport {
  /// A row for each configuration at each batch size and input length, under the names of the JSON; times
  /// in ms, sizes in bytes. What was not measured is empty.
  public func csv() -> String {
    let times = TimeMetrics.fields.map(\.name)
    let header =
      ["operators_to_quantize", "node_exclusion", "per_channel", "batch_size", "input_length"]
      + times.map { "baseline_" + $0 } + times.map { "optimized_" + $0 } + ["speedup"]
      + ["original_bytes", "optimized_bytes", "accuracy_original", "accuracy_optimized"]
      + ["changed", "samples", "fixed", "broken", "mcnemar_p", "logit_sqnr_db", "logit_kl_nats"]
    let rows = configurations.flatMap { configuration in
      configuration.time.map { Self.row(configuration, $0) }
    }
    return CSV.text(header: header, rows: rows)
  }

  private static func row(_ configuration: ConfigurationReport, _ time: TimeCell) -> [String] {
    let names = [
      configuration.operatorsToQuantize.map(\.rawValue).joined(separator: " "),
      configuration.nodeExclusion.map(\.rawValue).joined(separator: " "),
      "\(configuration.perChannel)", "\(time.batchSize)", "\(time.inputLength)",
    ]
    let metrics = [time.baseline, time.optimized].flatMap { metrics in
      TimeMetrics.fields.map { "\(metrics[keyPath: $0.value])" }
    }
    let bytes = configuration.modelBytes
    return names + metrics + ["\(time.speedup)", "\(bytes.original)", "\(bytes.optimized)"]
      + cells(configuration.accuracy)
  }

  private static func cells(_ accuracy: Accuracy?) -> [String] {
    let (paired, logits) = (accuracy?.paired, accuracy?.logits)
    let texts = [
      accuracy.map { "\($0.original)" }, accuracy.map { "\($0.optimized)" },
      accuracy.map { "\($0.changed)" }, accuracy.map { "\($0.samples)" },
      paired.map { "\($0.outcomes.fixed)" }, paired.map { "\($0.outcomes.broken)" },
      paired.map { "\($0.mcnemarP)" }, logits?.sqnr.map { "\($0)" },
      logits?.meanDivergence.map { "\($0)" },
    ]
    return texts.map { $0 ?? "" }
  }
}

extension TimeMetrics {
  /// The figures with their names in files.
  fileprivate static var fields: [(name: String, value: KeyPath<TimeMetrics, Double>)] {
    [
      (CodingKeys.latencyMean.rawValue, \.latencyMean),
      (CodingKeys.latencyStandardDeviation.rawValue, \.latencyStandardDeviation),
      (CodingKeys.latency50.rawValue, \.latency50), (CodingKeys.latency90.rawValue, \.latency90),
      (CodingKeys.latency95.rawValue, \.latency95), (CodingKeys.latency99.rawValue, \.latency99),
      (CodingKeys.latency999.rawValue, \.latency999),
      (CodingKeys.throughput.rawValue, \.throughput),
      (CodingKeys.imagesPerSecond.rawValue, \.imagesPerSecond),
    ]
  }
}
