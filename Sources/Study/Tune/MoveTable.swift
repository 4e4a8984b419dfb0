import OnnxParse

/// All that a search may quantize: each node by itself, but products that read the same tensor together,
/// since they share its quantized form.
struct MoveTable {
  /// Nodes that go together.
  struct Group {
    /// Their names, in the model's order.
    var nodes: [String]
    /// True for products with a constant matrix, whose activation may have a range to each token.
    let hasMatrix: Bool
  }

  /// All groups, in the model's order.
  let groups: [Group]

  /// - Parameter names: The nodes that can be quantized, in the model's order.
  init(_ names: [String], of model: Model) {
    let nodes = Dictionary(
      model.graph.nodes.map { ($0.label, $0) }, uniquingKeysWith: { first, _ in first })
    let constants = Set(model.graph.initializers.map(\.name))
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for name in names {
      guard let node = nodes[name], Self.products.contains(node.opType),
        let input = node.inputs.first, let weight = node.inputs.dropFirst().first,
        constants.contains(weight)
      else {
        groups.append(Group(nodes: [name], hasMatrix: false))
        continue
      }
      if let place = places[input] {
        groups[place].nodes.append(name)
      } else {
        places[input] = groups.count
        groups.append(Group(nodes: [name], hasMatrix: true))
      }
    }
    self.groups = groups
  }

  private static let products: Set = ["MatMul", "Gemm"]
}
