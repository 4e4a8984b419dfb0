/// One call of a function: what its names and attributes stand for there.
struct FunctionScope {
  /// Goes before the names of the body.
  let prefix: String
  /// The call's attributes and the function's defaults, by name.
  let attributes: [String: Attribute]
  /// What the body's values are called in the caller's graph.
  private var values: [String: String] = [:]

  init(prefix: String, attributes: [String: Attribute]) {
    self.prefix = prefix
    self.attributes = attributes
  }

  /// Gives formal inputs and outputs the names of the call's.
  ///
  /// - Returns: Nodes that copy what has a name already: an input that is an output as well, and a
  ///   value that is two outputs.
  mutating func bind(_ function: FunctionProto, to call: Node) -> [Node] {
    for (index, input) in function.inputs.enumerated() {
      values[input] = index < call.inputs.count ? call.inputs[index] : ""
    }
    var copies: [Node] = []
    for (formal, actual) in zip(function.outputs, call.outputs) where !actual.isEmpty {
      if let known = values[formal] {
        copies.append(
          Node(
            name: prefix + formal, opType: "Identity", inputs: [known], outputs: [actual]))
      } else {
        values[formal] = actual
      }
    }
    return copies
  }

  /// `node` of the body as it stands in the caller's graph.
  mutating func renamed(_ node: Node, names: inout Set<String>) -> Node {
    var node = node
    if !node.name.isEmpty { node.name = unique(node.name, &names) }
    node.inputs = node.inputs.map { $0.isEmpty ? "" : values[$0] ?? $0 }
    node.attributes = node.attributes.compactMap { bound($0, names: &names) }
    node.outputs = node.outputs.map { define($0, &names) }
    return node
  }

  /// The type of an inner value under its new name; nil for one that the caller's graph has.
  func renamed(_ info: ValueInfo) -> ValueInfo? {
    guard let name = values[info.name], name.hasPrefix(prefix) else { return nil }
    var info = info
    info.name = name
    return info
  }

  /// `attribute` with the caller's value where it refers to one; nil where the caller has none.
  private mutating func bound(_ attribute: Attribute, names: inout Set<String>) -> Attribute? {
    var attribute = attribute
    if !attribute.refAttrName.isEmpty {
      guard let given = attributes[attribute.refAttrName] else { return nil }
      attribute.value = given.value
      attribute.refAttrName = ""
      return attribute
    }
    switch attribute.value {
    case .graph(let graph): attribute.value = .graph(renamed(graph, names: &names))
    case .graphs(let graphs):
      attribute.value = .graphs(graphs.map { renamed($0, names: &names) })
    default: break
    }
    return attribute
  }

  /// A graph within the body. What it defines hides values of the same name around it.
  private mutating func renamed(_ graph: Graph, names: inout Set<String>) -> Graph {
    let outer = values
    defer { values = outer }
    var graph = graph
    for index in graph.inputs.indices {
      graph.inputs[index].name = hide(graph.inputs[index].name, &names)
    }
    for index in graph.initializers.indices {
      let name = graph.initializers[index].name
      let isInput = graph.inputs.contains { $0.name == values[name] }
      graph.initializers[index].name = isInput ? values[name] ?? name : hide(name, &names)
    }
    for index in graph.sparseInitializers.indices {
      graph.sparseInitializers[index].values.name = hide(
        graph.sparseInitializers[index].values.name, &names)
    }
    for node in graph.nodes {
      for output in node.outputs where !output.isEmpty { _ = hide(output, &names) }
    }
    graph.nodes = graph.nodes.map { renamed($0, names: &names) }
    for index in graph.outputs.indices {
      let name = graph.outputs[index].name
      graph.outputs[index].name = values[name] ?? name
    }
    graph.valueInfo = graph.valueInfo.compactMap { renamed($0) }
    return graph
  }

  private mutating func define(_ name: String, _ names: inout Set<String>) -> String {
    guard !name.isEmpty else { return "" }
    return values[name] ?? hide(name, &names)
  }

  private mutating func hide(_ name: String, _ names: inout Set<String>) -> String {
    let new = unique(name, &names)
    values[name] = new
    return new
  }

  private func unique(_ name: String, _ names: inout Set<String>) -> String {
    var candidate = prefix + name
    var number = 1
    while !names.insert(candidate).inserted {
      candidate = "\(prefix)\(name)_\(number)"
      number += 1
    }
    return candidate
  }
}
