import OnnxParse
import Quant

/// One node, or several that belong together, whose quantization is studied.
public struct Subject: Codable, Sendable, Equatable {
  /// What holds the nodes together.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A single MatMul, Gemm or Add.
    case node
    /// All nodes of one role, such as the query projections of all layers.
    case role
    /// All nodes of one encoder layer.
    case layer
    /// A group that can be excluded by name, such as `residual`.
    case group
  }

  /// What holds the nodes together.
  public var kind: Kind
  /// Name of the node, role or group, or `layer` and its number.
  public var name: String
  /// The nodes of it that can be quantized, in the model's order.
  public var nodes: [String]
  /// A single node's operator.
  public var opType: String?
  /// What a single node does, and where.
  public var place: NodePlace?

  enum CodingKeys: String, CodingKey {
    case kind, name, nodes, place
    case opType = "op_type"
  }
}

/// All that can be studied in a model.
struct SubjectList {
  /// Nodes first, then roles, layers and groups.
  let subjects: [Subject]
  /// Names of all nodes that can be quantized, in the model's order.
  let quantizable: [String]
  /// Names of the nodes that `options` quantize.
  let reference: [String]
  /// The nodes of each group that can be quantized.
  let groups: [(group: NodeGroup, nodes: [String])]

  /// The subjects of `model`, of the kinds `kinds`; the single nodes are those of `selectors`, or all
  /// where there are none.
  ///
  /// - Throws: ``StudyError`` for a selector that selects nothing, ``QuantizationError`` where the model
  ///   can't be quantized.
  init(
    of model: Model, options: QuantizationOptions, kinds: Set<Subject.Kind>,
    selectors: [NodeSelector] = []
  ) throws {
    var everything = options
    everything.operators = Set(QuantizedOperator.allCases)
    everything.rewritesAdd = true
    everything.matMulScope = .all
    everything.excludedGroups = []
    everything.includeNodes = []
    everything.excludeNodes = []
    let positions = Self.positions(of: model)
    quantizable = try Self.quantized(model, everything, positions)
    reference = try Self.quantized(model, options, positions)
    let roles = NodeRoles(of: model)
    let places = quantizable.map { positions[$0].flatMap { roles.places[$0] } }
    let groupNodes = NodeGroups.detect(in: model)
    let order = quantizable
    groups = NodeGroup.allCases.map { group in
      let members = Set(groupNodes[group] ?? [])
      return (group, order.filter { positions[$0].map(members.contains) ?? false })
    }
    for selector in selectors where selector.matches(in: order).isEmpty {
      throw StudyError.invalid("\(selector) matches no node that can be quantized")
    }
    var subjects: [Subject] = []
    if kinds.contains(.node) {
      let chosen =
        selectors.isEmpty
        ? Set(order.indices) : Set(selectors.flatMap { $0.matches(in: order) })
      subjects += order.indices.filter(chosen.contains).map { index in
        Subject(
          kind: .node, name: order[index], nodes: [order[index]],
          opType: positions[order[index]].map { model.graph.nodes[$0].opType },
          place: places[index])
      }
    }
    if kinds.contains(.role) {
      subjects += NodeRole.allCases.map { role in
        Subject(
          kind: .role, name: role.text, nodes: Self.pick(order, places) { $0.role == role })
      }
    }
    if kinds.contains(.layer) {
      subjects += (0..<roles.layerCount).map { layer in
        Subject(
          kind: .layer, name: "layer \(layer)",
          nodes: Self.pick(order, places) { $0.layer == layer })
      }
    }
    if kinds.contains(.group) {
      subjects += groups.map { Subject(kind: .group, name: $0.group.rawValue, nodes: $0.nodes) }
    }
    self.subjects = subjects.filter { !$0.nodes.isEmpty }
  }

  /// Position of each node by its name, or first output; of several with one name the first.
  private static func positions(of model: Model) -> [String: Int] {
    Dictionary(
      model.graph.nodes.enumerated().map { ($1.label, $0) }, uniquingKeysWith: { first, _ in first }
    )
  }

  private static func quantized(
    _ model: Model, _ options: QuantizationOptions, _ positions: [String: Int]
  ) throws(QuantizationError) -> [String] {
    let (_, plan) = try DynamicQuantizer(options: options).quantize(model)
    return plan.entries.filter { !$0.quantized.isEmpty && $0.scope.isEmpty }.map(\.name)
  }

  private static func pick(
    _ nodes: [String], _ places: [NodePlace?], where isMeant: (NodePlace) -> Bool
  ) -> [String] {
    zip(nodes, places).filter { $1.map(isMeant) ?? false }.map(\.0)
  }
}
