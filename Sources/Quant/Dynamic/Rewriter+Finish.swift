import OnnxParse

extension Rewriter {
  /// `original` with the rewritten graph, and without what nothing reads any more.
  func finish(_ original: Model) -> Model {
    var model = original
    model.graph.nodes = prologue + nodes
    model.graph.nodes = withoutReplacedConstants(model.graph)
    var requested = Self.valuesRead(by: model.graph)
    requested.subtract(model.graph.nodes.flatMap(\.outputs))
    let dropped = Set(
      model.graph.initializers.lazy.map(\.name).filter { !requested.contains($0) })
    model.graph.initializers.removeAll { dropped.contains($0.name) }
    model.graph.inputs.removeAll { dropped.contains($0.name) }
    model.graph.initializers += initializers.filter { requested.contains($0.name) }
    // Before IR version 4 every initializer would have to be an input as well.
    model.irVersion = max(model.irVersion, 4)
    var defined = Set(model.graph.nodes.flatMap(\.outputs))
    defined.formUnion(model.graph.initializers.map(\.name))
    model.graph.valueInfo.removeAll { !defined.contains($0.name) }
    return model
  }

  /// Drops Constant and Identity nodes that only rewritten Adds read.
  private func withoutReplacedConstants(_ graph: Graph) -> [Node] {
    var graph = graph
    var candidates = replacedConstants
    while !candidates.isEmpty {
      let unread = candidates.subtracting(Self.valuesRead(by: graph))
      let isDead = { (node: Node) in
        ["Constant", "Identity"].contains(node.opType) && node.outputs.allSatisfy(unread.contains)
      }
      // What an Identity read may be unread now.
      candidates = Set(graph.nodes.filter(isDead).flatMap(\.inputs))
      graph.nodes.removeAll(where: isDead)
    }
    return graph.nodes
  }

  /// Every value that nodes or outputs of `graph` read, those of graphs inside nodes too.
  private static func valuesRead(by graph: Graph) -> Set<String> {
    var values = Set(graph.outputs.map(\.name))
    for node in graph.nodes {
      values.formUnion(node.inputs)
      for (_, subgraph) in node.subgraphs { values.formUnion(valuesRead(by: subgraph)) }
    }
    return values
  }
}
