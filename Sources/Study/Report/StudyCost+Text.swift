import Bench

extension StudyCost {
  /// The cost in words.
  public var text: String {
    """
    \(subjects) nodes, roles, layers and groups; \(variants) models over \(images) images\
    \(passes > 1 ? " in \(passes) passes" : "")
    about \(Self.time(seconds)) of runs, \(Self.time(secondsWithoutReuse)) if every model ran from \
    its beginning; timing and the nodes' own errors come on top
    \(megabytes(logitBytes)) MB of logits with --out
    """
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 100 ? "\(fixed(seconds, 0)) s" : "\(fixed(seconds / 60, 0)) min"
  }
}
