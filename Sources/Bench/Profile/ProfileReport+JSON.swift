import Foundation
import ViTKernel

extension Profile {
  /// The whole profile as JSON of the schema `vitq.profile/1`, keys sorted, ending in a line feed.
  ///
  /// - Parameter peak: What the processor can do at most, measured on the same threads.
  /// - Throws: `EncodingError` where a figure is not finite.
  public func json(peak: Peak) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(Report(self, peak)), as: UTF8.self) + "\n"
  }
}

private struct Report: Encodable {
  struct PeakRates: Encodable {
    let floatGflops: Double
    let floatInstruction: String
    let int8Gops: Double
    let int8Instruction: String
  }

  struct Step: Encodable {
    let kernel: String
    let nodes: [String]
    let milliseconds: Double
    let multiplyAdds: Int?
    let arithmetic: String?
    let shareOfPeak: Double?
  }

  let schema = "vitq.profile/1"
  let batchSize: Int
  let threads: Int
  let runs: Int
  let milliseconds: Double
  let peak: PeakRates
  let steps: [Step]

  init(_ profile: Profile, _ peak: Peak) {
    batchSize = profile.batchSize
    threads = profile.threads
    runs = profile.runs
    milliseconds = profile.milliseconds
    self.peak = PeakRates(
      floatGflops: peak.float, floatInstruction: peak.floatInstruction, int8Gops: peak.int8,
      int8Instruction: peak.int8Instruction)
    steps = profile.rows.map { row in
      Step(
        kernel: row.kernel, nodes: row.origins.map { $0.name.isEmpty ? $0.opType : $0.name },
        milliseconds: row.milliseconds, multiplyAdds: row.work?.multiplyAdds,
        arithmetic: row.work?.arithmetic.rawValue,
        // A step that took no time that the clock could see has no share.
        shareOfPeak: row.milliseconds > 0 ? peak.share(row) : nil)
    }
  }
}
