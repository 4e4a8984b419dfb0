/// What a study is doing.
public enum StudyProgress: Sendable, Equatable {
  /// Variants compiled so far, to see where each leaves its base.
  case preparing(done: Int, of: Int)
  /// Variants run so far in pass `pass`, and the share of all work that is done.
  case running(done: Int, of: Int, pass: Int, passes: Int, share: Double)
  /// Models run in batches, to see how far an image's neighbours move its logits.
  case batching(done: Int, of: Int)
  /// Images over which the nodes' own errors are measured.
  case measuring(done: Int, of: Int)
}

extension StudyProgress: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .preparing(let done, let total): "preparing: \(done) of \(total) models"
    case .running(let done, let total, let pass, let passes, _):
      "running: \(done) of \(total) models"
        + (passes > 1 ? " over the images of pass \(pass) of \(passes)" : "")
    case .batching(let done, let total): "in batches: \(done) of \(total) models"
    case .measuring(let done, let total): "each node's own error: \(done) of \(total) images"
    }
  }
}
