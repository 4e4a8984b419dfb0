import OnnxParse

/// The nodes of a model's graph that belong to each ``NodeGroup``.
public enum NodeGroups {
  /// Finds the groups in the main graph of `model`.
  ///
  /// - Returns: for every group the positions of its nodes in `model.graph.nodes`, ascending; empty
  ///   where the model has none.
  public static func detect(in model: Model) -> [NodeGroup: [Int]] {
    detect(in: GraphIndex(model.graph))
  }

  static func detect(in index: GraphIndex) -> [NodeGroup: [Int]] {
    var groups: [NodeGroup: Set<Int>] = [:]
    for group in NodeGroup.allCases { groups[group] = [] }
    for (position, node) in index.nodes.enumerated() {
      if let group = fusedGroup(of: node) { groups[group]?.insert(position) }
      guard node.isStandard else { continue }
      switch node.opType {
      case "Sqrt":
        groups[.layernorm]?.formUnion(LayerNormPattern.nodes(around: position, in: index))
      case "Erf", "Tanh":
        groups[.gelu]?.formUnion(GeluPattern.nodes(around: position, in: index))
      default: break
      }
    }
    let spelledOut = groups.values.reduce(into: Set()) { $0.formUnion($1) }
    for (position, node) in index.nodes.enumerated() where node.isStandard && node.opType == "Add" {
      if isAfterGather(node, index) { groups[.gather]?.insert(position) }
      if !index.readers(of: position, as: ["Softmax"]).isEmpty {
        groups[.softmax]?.insert(position)
      }
      if !spelledOut.contains(position), closesSkipConnection(node, at: position, index) {
        groups[.residual]?.insert(position)
      }
    }
    return groups.mapValues { $0.sorted() }
  }

  private static func fusedGroup(of node: Node) -> NodeGroup? {
    switch (node.opType, node.isStandard || node.domain == "com.microsoft") {
    case ("LayerNormalization", true), ("SkipLayerNormalization", true): .layernorm
    case ("Gelu", true), ("FastGelu", true), ("BiasGelu", true): .gelu
    default: nil
    }
  }

  private static func isAfterGather(_ add: Node, _ index: GraphIndex) -> Bool {
    add.inputs.contains { index.producer(of: $0, as: ["Gather"]) != nil }
  }

  /// True where one addend is computed from the other, which is what a skip connection is, or where
  /// one is itself a sum, which is how Optimum tells.
  private static func closesSkipConnection(
    _ add: Node, at position: Int, _ index: GraphIndex
  ) -> Bool {
    if add.inputs.contains(where: { index.producer(of: $0, as: ["Add"]) != nil }) { return true }
    guard add.inputs.count == 2, !add.inputs.contains(where: index.isConstant) else { return false }
    let (left, right) = (add.inputs[0], add.inputs[1])
    if let producer = index.producer(of: right), index.depends(producer, on: left) { return true }
    if let producer = index.producer(of: left), index.depends(producer, on: right) { return true }
    return false
  }
}
