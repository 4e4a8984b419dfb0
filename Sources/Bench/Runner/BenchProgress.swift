/// What a benchmark is doing.
public enum BenchProgress: Sendable, Equatable {
  /// Something that a person should know of a configuration; each text comes once.
  case warning(String)
  /// Images labelled so far, by the fp32 model where `configuration` is nil.
  case evaluating(configuration: Configuration?, done: Int, of: Int)
  /// About to measure a cell, so many of all being done.
  case measuring(Configuration, batchSize: Int, inputLength: Int, done: Int, of: Int)
}

extension BenchProgress: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .warning(let text): "warning: \(text)"
    case .evaluating(let configuration, let done, let total):
      "accuracy of \(configuration?.description ?? "fp32"): \(done) of \(total) images"
    case .measuring(let configuration, let batchSize, let inputLength, let done, let total):
      "time of \(configuration), batch \(batchSize), length \(inputLength): \(done) of \(total)"
    }
  }
}

extension Configuration: CustomStringConvertible {
  /// Such as `Add,MatMul per channel without gelu,residual`.
  public var description: String {
    let operators = operatorsToQuantize.map(\.rawValue).joined(separator: ",")
    let groups = nodeExclusion.map(\.rawValue).joined(separator: ",")
    return "\(operators) \(perChannel ? "per channel" : "per tensor")"
      + (groups.isEmpty ? "" : " without \(groups)")
  }
}
