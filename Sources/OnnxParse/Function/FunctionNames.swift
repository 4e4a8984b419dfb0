/// The names of a graph, and new ones beside them.
struct FunctionNames {
  private var taken: Set<String>
  /// The number that was tried last for a name that was taken.
  private var numbers: [String: Int] = [:]

  init(_ graph: Graph) {
    taken = []
    graph.collectNames(into: &taken)
  }

  /// `name`, or where that is taken, with a number after it.
  mutating func unique(_ name: String) -> String {
    guard !taken.insert(name).inserted else { return name }
    // Counted on, since a body that is called often defines the same names each time.
    var number = numbers[name] ?? 0
    var candidate: String
    repeat {
      number += 1
      candidate = "\(name)_\(number)"
    } while !taken.insert(candidate).inserted
    numbers[name] = number
    return candidate
  }
}

extension Graph {
  /// Adds the names of all nodes and values, of graphs within as well.
  fileprivate func collectNames(into names: inout Set<String>) {
    names.formUnion(inputs.map(\.name))
    names.formUnion(initializers.map(\.name))
    names.formUnion(sparseInitializers.map(\.values.name))
    for node in nodes {
      names.insert(node.name)
      names.formUnion(node.outputs)
      for graph in node.graphs { graph.collectNames(into: &names) }
    }
  }
}

extension Node {
  /// The graphs among the attributes.
  var graphs: [Graph] { attributes.flatMap(\.graphs) }
}

extension Attribute {
  /// The graphs that the attribute is.
  var graphs: [Graph] {
    switch value {
    case .graph(let graph): [graph]
    case .graphs(let graphs): graphs
    default: []
    }
  }
}
