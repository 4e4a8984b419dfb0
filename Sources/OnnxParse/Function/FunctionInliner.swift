/// Expands calls of a model's own functions.
struct FunctionInliner {
  /// What a call names.
  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  /// More nodes than this are no model; a few functions that call each other twice make any number.
  private static let nodeLimit = 200_000

  private let functions: [Key: FunctionProto]
  private(set) var opsetImports: [OperatorSetID]
  private var names: Set<String>
  private var nodeCount = 0

  init(_ model: Model) {
    functions = Dictionary(
      model.functions.map { (Key(domain: $0.domain, name: $0.name, overload: $0.overload), $0) }
    ) { first, _ in first }
    opsetImports = model.opsetImports
    names = []
    model.graph.collectNames(into: &names)
  }

  /// Expands the calls in `graph` and in the graphs within it.
  mutating func inline(_ graph: inout Graph) throws(OnnxError) {
    var types: [ValueInfo] = []
    graph.nodes = try expanded(graph.nodes, calls: [], types: &types)
    graph.valueInfo += types
  }

  private mutating func expanded(
    _ nodes: [Node], calls: [Key], types: inout [ValueInfo]
  ) throws(OnnxError) -> [Node] {
    var result: [Node] = []
    for (index, node) in nodes.enumerated() {
      let place = elementPlace("node", index, node.name)
      do throws(OnnxError) {
        let key = Key(
          domain: GraphChecker.canonical(node.domain), name: node.opType, overload: node.overload)
        if let function = functions[key] {
          result += try body(of: function, key, for: node, calls: calls, types: &types)
        } else {
          result.append(try inliningSubgraphs(node, calls: calls))
          nodeCount += 1
        }
      } catch {
        throw error.within(place)
      }
      guard nodeCount <= Self.nodeLimit else {
        throw OnnxError(
          .unsupported("more than \(Self.nodeLimit) nodes once functions are inlined"))
      }
    }
    return result
  }

  private mutating func inliningSubgraphs(
    _ node: Node, calls: [Key]
  ) throws(OnnxError) -> Node {
    var node = node
    for index in node.attributes.indices {
      switch node.attributes[index].value {
      case .graph(var graph):
        try inline(&graph, calls: calls)
        node.attributes[index].value = .graph(graph)
      case .graphs(var graphs):
        for position in graphs.indices { try inline(&graphs[position], calls: calls) }
        node.attributes[index].value = .graphs(graphs)
      default: break
      }
    }
    return node
  }

  private mutating func inline(_ graph: inout Graph, calls: [Key]) throws(OnnxError) {
    var types: [ValueInfo] = []
    graph.nodes = try expanded(graph.nodes, calls: calls, types: &types)
    graph.valueInfo += types
  }

  /// The nodes of `function` in place of `call`.
  private mutating func body(
    of function: FunctionProto, _ key: Key, for call: Node, calls: [Key],
    types: inout [ValueInfo]
  ) throws(OnnxError) -> [Node] {
    guard !calls.contains(key) else {
      throw OnnxError(.invalid("the function \(function.name) calls itself"))
    }
    guard call.inputs.count <= function.inputs.count, call.outputs.count <= function.outputs.count
    else {
      throw OnnxError(
        .invalid(
          "\(call.inputs.count) inputs and \(call.outputs.count) outputs; the function "
            + "\(function.name) has \(function.inputs.count) and \(function.outputs.count)"))
    }
    try merge(function)
    let label = call.name.isEmpty ? call.outputs.first { !$0.isEmpty } ?? call.opType : call.name
    var scope = FunctionScope(prefix: label + "/", attributes: Self.attributes(function, call))
    let copies = scope.bind(function, to: call)
    let nodes = function.nodes.map { scope.renamed($0, names: &names) }
    types += function.valueInfo.compactMap { scope.renamed($0) }
    return try expanded(nodes, calls: calls + [key], types: &types) + copies
  }

  /// Values of the function's attributes at `call`, by name.
  private static func attributes(
    _ function: FunctionProto, _ call: Node
  ) -> [String: Attribute] {
    let defaults = function.attributeDefaults.map { ($0.name, $0) }
    return Dictionary(defaults + call.attributes.map { ($0.name, $0) }) { _, given in given }
  }

  /// Adds the operator sets of `function` to the model's.
  private mutating func merge(_ function: FunctionProto) throws(OnnxError) {
    let used = Set(function.nodes.map { GraphChecker.canonical($0.domain) })
    for set in function.opsetImports {
      let domain = GraphChecker.canonical(set.domain)
      let known = opsetImports.first { GraphChecker.canonical($0.domain) == domain }
      guard let known else {
        opsetImports.append(set)
        continue
      }
      guard known.version == set.version || !used.contains(domain) else {
        throw OnnxError(
          .unsupported(
            "the function \(function.name) uses version \(set.version) of "
              + "\(domain.isEmpty ? "ONNX's operators" : domain), the model \(known.version)"))
      }
    }
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
      for attribute in node.attributes {
        switch attribute.value {
        case .graph(let graph): graph.collectNames(into: &names)
        case .graphs(let graphs): for graph in graphs { graph.collectNames(into: &names) }
        default: break
        }
      }
    }
  }
}
