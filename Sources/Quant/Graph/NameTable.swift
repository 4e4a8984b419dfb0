import OnnxParse

/// The names that a graph uses for values and nodes, and new ones that clash with none of them.
struct NameTable {
  private var values: Set<String> = []
  private var nodes: Set<String> = []

  /// All names of `graph` and of the graphs inside its nodes.
  init(of graph: Graph) { insert(graph) }

  private mutating func insert(_ graph: Graph) {
    for value in graph.inputs + graph.outputs + graph.valueInfo { values.insert(value.name) }
    for tensor in graph.initializers { values.insert(tensor.name) }
    for node in graph.nodes {
      values.formUnion(node.inputs)
      values.formUnion(node.outputs)
      nodes.insert(node.name)
      for (_, subgraph) in node.subgraphs { insert(subgraph) }
    }
  }

  /// `name`, or where a value has that name already, `name` with the first free number.
  mutating func newValue(_ name: String) -> String { Self.unique(name, in: &values) }

  /// `name`, or where a node has that name already, `name` with the first free number; empty stays
  /// empty.
  mutating func newNode(_ name: String) -> String {
    name.isEmpty ? name : Self.unique(name, in: &nodes)
  }

  /// `name`, or where it or it with one of `suffixes` is taken, `name` with the first free number.
  mutating func newValue(_ name: String, withFree suffixes: [String]) -> String {
    var candidate = name
    var number = 0
    while ([""] + suffixes).contains(where: { values.contains(candidate + $0) }) {
      number += 1
      candidate = "\(name)_\(number)"
    }
    values.insert(candidate)
    return candidate
  }

  private static func unique(_ name: String, in names: inout Set<String>) -> String {
    var candidate = name
    var number = 0
    while !names.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }
}
