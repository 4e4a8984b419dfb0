import Quant

/// How a node is quantized.
public struct NodeForm: Sendable, Hashable, Codable {
  /// One scale to each column of a weight, or one to the whole of it.
  public var perChannel: Bool
  /// Which values of an activation share a scale.
  public var range: ActivationRange

  /// A form.
  public init(perChannel: Bool, range: ActivationRange = .tensor) {
    self.perChannel = perChannel
    self.range = range
  }

  /// The form that `options` have for all nodes.
  init(_ options: QuantizationOptions) {
    self.init(perChannel: options.perChannel, range: options.range)
  }

  /// Such as `per channel, a range to a token`.
  var text: String {
    (perChannel ? "per channel" : "per tensor")
      + (range == .tensor ? "" : ", a range to each \(range.rawValue)")
  }

  enum CodingKeys: String, CodingKey {
    case range
    case perChannel = "per_channel"
  }
}

/// One way of quantizing the model under study: which nodes, and how.
public struct Variant: Sendable, Hashable {
  /// Names of the quantized nodes (first outputs of nodes without one), in the model's order.
  public let nodes: [String]
  /// How they are quantized.
  public let form: NodeForm
  /// How those of them are quantized that have a form of their own.
  public let exceptions: [String: NodeForm]

  /// The variant that quantizes `nodes`.
  public init(nodes: [String], form: NodeForm, exceptions: [String: NodeForm] = [:]) {
    self.nodes = nodes
    // Without a quantized node there is only one way.
    self.form = nodes.isEmpty ? NodeForm(perChannel: false) : form
    self.exceptions = exceptions.filter { $0.value != form && nodes.contains($0.key) }
  }

  /// The form of `node`.
  public func form(of node: String) -> NodeForm { exceptions[node] ?? form }
}
