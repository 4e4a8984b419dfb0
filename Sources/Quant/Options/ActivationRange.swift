/// Which values of an activation share a scale and a zero point.
public enum ActivationRange: String, Sendable, Hashable, Codable, CaseIterable {
  /// All of the tensor, as DynamicQuantizeLinear does it. What comes of an image then depends on the
  /// images beside it in the batch.
  case tensor
  /// Those of one index of the first axis: of an image.
  case image
  /// Those along the last axis: of a token.
  case token
}
