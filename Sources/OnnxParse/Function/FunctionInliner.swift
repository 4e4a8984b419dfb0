/// Expands calls of a model's own functions.
struct FunctionInliner {
  /// What a call names.
  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String

    init(_ function: FunctionProto) {
      domain = GraphChecker.canonical(function.domain)
      name = function.name
      overload = function.overload
    }

    init(_ call: Node) {
      domain = GraphChecker.canonical(call.domain)
      name = call.opType
      overload = call.overload
    }
  }

  /// A function, and what is found out about it at its first call.
  private struct Entry {
    let function: FunctionProto
    var extent: FunctionExtent?
  }

  /// More nodes and calls than this are no model; a few functions that call each other twice make
  /// any number.
  private static let nodeLimit = 200_000
  /// Bytes that copies of bodies may take: a few long names, copied often, make any number.
  private static let byteLimit = 256 << 20
  /// Calls and graphs within each other. What expands and what reads the result do so by recursion.
  private static let depthLimit = 100

  private var functions: [Key: Entry]
  private(set) var opsetImports: [OperatorSetID]
  private var names: FunctionNames
  private var nodeCount = 0
  private var byteCount = 0
  private var depth = 0

  init(_ model: Model) {
    functions = Dictionary(model.functions.map { (Key($0), Entry(function: $0)) }) { first, _ in
      first
    }
    opsetImports = model.opsetImports
    names = FunctionNames(model.graph)
  }

  /// Expands the calls in `graph` and in the graphs within it.
  mutating func inline(_ graph: inout Graph) throws(OnnxError) {
    try inline(&graph, calls: [])
  }

  private mutating func inline(_ graph: inout Graph, calls: [Key]) throws(OnnxError) {
    var types: [ValueInfo] = []
    graph.nodes = try expanded(graph.nodes, calls: calls, types: &types)
    graph.valueInfo += types
  }

  private mutating func expanded(
    _ nodes: [Node], calls: [Key], types: inout [ValueInfo]
  ) throws(OnnxError) -> [Node] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw OnnxError(
        .unsupported("calls and graphs within each other, more than \(Self.depthLimit) deep"))
    }
    var result: [Node] = []
    for (index, node) in nodes.enumerated() {
      do throws(OnnxError) {
        try count(1)
        // The graphs that a call gives are the caller's: what they call, it calls.
        let node = try inliningSubgraphs(node, calls: calls)
        let key = Key(node)
        if functions[key] == nil {
          result.append(node)
        } else {
          result += try body(of: key, for: node, calls: calls, types: &types)
        }
      } catch {
        throw error.within(elementPlace("node", index, node.name))
      }
    }
    return result
  }

  private mutating func count(_ nodes: Int) throws(OnnxError) {
    nodeCount += nodes
    guard nodeCount <= Self.nodeLimit else {
      throw OnnxError(.unsupported("more than \(Self.nodeLimit) nodes once functions are inlined"))
    }
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

  /// The nodes of the function `key` in place of `call`.
  private mutating func body(
    of key: Key, for call: Node, calls: [Key], types: inout [ValueInfo]
  ) throws(OnnxError) -> [Node] {
    guard let function = functions[key]?.function else { return [call] }
    try check(function, key, call, calls)
    let label = call.name.isEmpty ? call.outputs.first { !$0.isEmpty } ?? call.opType : call.name
    try prepare(key, prefix: label.utf8.count + 1)
    var scope = FunctionScope(
      prefix: label + "/", attributes: FunctionAttributes.bind(function, call))
    let copies = try scope.bind(function, to: call)
    try count(copies.count)
    let nodes = try function.nodes.map { (node) throws(OnnxError) in
      try scope.renamed(node, names: &names)
    }
    types += function.valueInfo.compactMap { scope.renamed($0) }
    return try expanded(nodes, calls: calls + [key], types: &types) + copies
  }

  private func check(
    _ function: FunctionProto, _ key: Key, _ call: Node, _ calls: [Key]
  ) throws(OnnxError) {
    guard !key.domain.isEmpty else {
      // ONNX leaves it to the runtime whether this or the operator goes first.
      throw OnnxError(.unsupported("the function \(function.name) in ONNX's own domain"))
    }
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
  }

  /// Takes account of a copy of the function `key`, and of its operator sets at the first one.
  private mutating func prepare(_ key: Key, prefix: Int) throws(OnnxError) {
    guard let entry = functions[key] else { return }
    if entry.extent == nil { try merge(entry.function) }
    let extent = entry.extent ?? FunctionExtent(entry.function)
    functions[key]?.extent = extent
    byteCount += extent.bytes(prefix: prefix)
    guard byteCount <= Self.byteLimit else {
      throw OnnxError(
        .unsupported("more than \(Self.byteLimit) bytes of names once functions are inlined"))
    }
  }

  /// Adds the operator sets that the body of `function` uses to the model's. A call uses none: its
  /// function has its own.
  private mutating func merge(_ function: FunctionProto) throws(OnnxError) {
    var used: Set<String> = []
    collectDomains(function.nodes, into: &used)
    for set in function.opsetImports {
      let domain = GraphChecker.canonical(set.domain)
      guard used.contains(domain) else { continue }
      let known = opsetImports.first { GraphChecker.canonical($0.domain) == domain }
      guard let known else {
        opsetImports.append(set)
        continue
      }
      guard known.version == set.version else {
        throw OnnxError(
          .unsupported(
            "the function \(function.name) uses version \(set.version) of "
              + "\(domain.isEmpty ? "ONNX's operators" : domain), the model \(known.version)"))
      }
    }
  }

  private func collectDomains(_ nodes: [Node], into domains: inout Set<String>) {
    for node in nodes {
      if functions[Key(node)] == nil { domains.insert(GraphChecker.canonical(node.domain)) }
      for graph in node.graphs { collectDomains(graph.nodes, into: &domains) }
    }
  }
}
