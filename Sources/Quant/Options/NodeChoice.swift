/// What is done to one node, whatever the other options say about it.
public struct NodeChoice: Sendable, Hashable {
  /// False to leave the node in fp32. True beats operators, scope and exclusions, but quantizes no
  /// node that can't be.
  public var quantize: Bool
  /// True for one scale to each column of its constants, false for one to each constant; nil as
  /// ``QuantizationOptions/perChannel`` has it, where that is possible.
  public var perChannel: Bool?
  /// Which values of its activations share a scale; nil as ``QuantizationOptions/range`` has it, where
  /// that is possible.
  public var range: ActivationRange?

  /// A choice.
  public init(quantize: Bool, perChannel: Bool? = nil, range: ActivationRange? = nil) {
    self.quantize = quantize
    self.perChannel = perChannel
    self.range = range
  }
}
