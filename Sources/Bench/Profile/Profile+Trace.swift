import Foundation
import ViTEngine

extension Profile {
  /// The last run as a trace in the JSON format of Chrome's tracing, which Perfetto opens.
  ///
  /// Each step is a slice named after its kernel; the nodes that it stands for and its multiply-adds
  /// are its arguments.
  ///
  /// - Throws: An encoding error.
  public func trace() throws -> String {
    var start = 0.0
    let events = zip(rows, lastRun).map { row, nanoseconds in
      let duration = Double(nanoseconds) / 1e3
      defer { start += duration }
      return TraceEvent(
        name: row.kernel, ts: start, dur: duration,
        args: TraceEvent.Arguments(
          nodes: row.origins.map { $0.name.isEmpty ? $0.opType : $0.name },
          multiplyAdds: row.work?.multiplyAdds, arithmetic: row.work?.arithmetic.rawValue))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(["traceEvents": events])
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

/// A slice of Chrome's trace event format; times in microseconds.
private struct TraceEvent: Encodable {
  struct Arguments: Encodable {
    let nodes: [String]
    let multiplyAdds: Int?
    let arithmetic: String?
  }

  let name: String
  let ph = "X"
  let ts: Double
  let dur: Double
  let pid = 1
  let tid = 1
  let args: Arguments
}
