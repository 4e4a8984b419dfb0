import Foundation

extension KernelReport {
  /// A table in Markdown, which is read well as plain text too.
  var markdown: String {
    var lines = [
      "\(processor), \(instructionSet), \(threads) threads. Peak of the same threads: "
        + "float32 \(Self.number(float32Peak)) GFLOP/s (\(float32Instruction)), "
        + "int8 \(Self.number(int8Peak)) GOP/s (\(int8Instruction)), "
        + "reading memory \(Self.number(memoryBandwidth)) GB/s.",
      "",
      "| model | batch | kernel | role | rows x depth x columns | ms | best ms | G op/s | of peak | GB/s |",
      "| --- | ---: | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows {
      let share = row.shareOfPeak.map { Self.number(100 * $0) + " %" } ?? ""
      lines.append(
        "| \(row.model) | \(row.batch) | \(row.kernel) | \(row.role) | \(row.shape) | "
          + "\(Self.milliseconds(row.medianMilliseconds)) | "
          + "\(Self.milliseconds(row.leastMilliseconds)) | \(Self.number(row.rate)) | \(share) | "
          + "\(Self.number(row.bandwidth)) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

  private static func milliseconds(_ value: Double) -> String { String(format: "%.3f", value) }
}
