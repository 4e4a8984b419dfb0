/// How LinearAttention's state changes with each token.
public enum LinearAttentionRule: String, Sendable, Hashable {
  /// The outer product of key and value is added.
  case linear
  /// The state decays first.
  case gated
  /// The value is less what the state gives for the key already.
  case delta
  /// Both.
  case gatedDelta = "gated_delta"

  /// True where the state decays.
  public var decays: Bool { self == .gated || self == .gatedDelta }
  /// True where the value is corrected.
  public var corrects: Bool { self == .delta || self == .gatedDelta }
}

/// Attributes of LinearAttention.
public struct LinearAttentionParameters: Sendable, Hashable {
  /// Heads of the queries.
  public var heads: Int
  /// Heads of the keys and values, a divisor of ``heads``.
  public var keyHeads: Int
  /// Factor of the output; nil for the reciprocal root of a head's size.
  public var scale: Float?
  /// How the state changes.
  public var rule: LinearAttentionRule

  /// Attributes of LinearAttention.
  public init(heads: Int, keyHeads: Int, scale: Float? = nil, rule: LinearAttentionRule) {
    self.heads = heads
    self.keyHeads = keyHeads
    self.scale = scale
    self.rule = rule
  }
}
