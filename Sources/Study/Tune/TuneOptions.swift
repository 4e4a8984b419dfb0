/// What a search may give up, and how long it may take.
public struct TuneOptions: Sendable, Equatable {
  /// Accuracy that may be lost, a fraction: 0.005 is half a point. Without labels: the share of
  /// images whose answer may change.
  public var maxDrop = 0.005
  /// Mixtures that are run over all images at most.
  public var evaluations = 16
  /// Seconds that each side runs for where a mixture is timed against fp32.
  public var duration = 1.0

  /// The defaults.
  public init() {}
}
