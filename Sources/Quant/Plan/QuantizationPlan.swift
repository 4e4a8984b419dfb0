/// What quantization did to each node of a model, and why.
public struct QuantizationPlan: Sendable, Equatable, Codable {
  /// One node of the original model.
  public struct Entry: Sendable, Equatable, Codable {
    /// The original name, or the first output of a node without one.
    public var name: String
    /// The operator.
    public var opType: String
    /// Where the node lies inside the graph of another: that node and attribute, as
    /// `If_3/then_branch`; empty in the main graph.
    public var scope = ""
    /// The groups that the node belongs to.
    public var groups: [NodeGroup] = []
    /// What was quantized of it; empty where it was left as it was. A Gemm may be both a MatMul and
    /// an Add.
    public var quantized: [QuantizedOperator] = []
    /// True where it was quantized or could have been, under other options.
    public var isQuantizable = false
    /// True where a constant of it has a scale to each column.
    public var perChannel = false
    /// Which values of its activations share a scale; nil where it was left as it was.
    public var range: ActivationRange?
    /// Why, in one phrase.
    public var reason: String
    /// The nodes that stand in its place, in order; empty where it was left as it was. A node that
    /// several share is listed with the first of them.
    public var written: [WrittenNode] = []
    /// Bytes of the constants that were quantized for it.
    public var constantBytesBefore = 0
    /// Bytes of what they became, with scales and zero points.
    public var constantBytesAfter = 0
  }

  /// A node of the quantized model.
  public struct WrittenNode: Sendable, Equatable, Codable {
    /// The name; empty where the original had none.
    public var name: String
    /// The operator.
    public var opType: String
  }

  /// How a selector or a group of the options fared.
  public struct Selection: Sendable, Equatable, Codable {
    /// What it does.
    public enum Kind: String, Sendable, Equatable, Codable {
      /// A group to leave in fp32.
      case excludedGroup
      /// A name or pattern to leave in fp32.
      case excluded
      /// A name or pattern to quantize.
      case included
    }

    /// The group's name, or the selector as it was written.
    public var text: String
    /// What it does.
    public var kind: Kind
    /// The number of nodes that it selects.
    public var matched: Int
    /// The number of those that would be quantized but for selectors and groups: 0 means that it
    /// changes nothing.
    public var effective: Int
  }

  /// Every node, in the model's order; those of inner graphs follow their owner.
  public var entries: [Entry]
  /// Every selector and group of the options.
  public var selections: [Selection]
  /// What a person should know before using the model.
  public var warnings: [String]

  /// How many nodes had `operator` quantized.
  public func count(of operator: QuantizedOperator) -> Int {
    entries.count { $0.quantized.contains(`operator`) }
  }

  /// How many nodes were quantized.
  public var quantizedCount: Int { entries.count { !$0.quantized.isEmpty } }

  /// Bytes of the quantized constants before and after.
  public var constantBytes: (before: Int, after: Int) {
    entries.reduce(into: (before: 0, after: 0)) { sum, entry in
      sum.before += entry.constantBytesBefore
      sum.after += entry.constantBytesAfter
    }
  }
}
