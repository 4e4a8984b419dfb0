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
  /// - Throws: ``OnnxError`` where an output is an input that the call leaves out.
  mutating func bind(_ function: FunctionProto, to call: Node) throws(OnnxError) -> [Node] {
    for (index, input) in function.inputs.enumerated() {
      values[input] = index < call.inputs.count ? call.inputs[index] : ""
    }
    var copies: [Node] = []
    for (formal, actual) in zip(function.outputs, call.outputs) where !actual.isEmpty {
      if let known = values[formal] {
        guard !known.isEmpty else {
          throw OnnxError(
            .invalid("output \"\(actual)\" is the input \(formal), which the call leaves out"))
        }
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
  ///
  /// - Throws: ``OnnxError`` where an attribute of the call is of another kind than is referred to.
  mutating func renamed(
    _ node: Node, names: inout FunctionNames
  ) throws(OnnxError) -> Node {
    var node = try renamedExceptOutputs(node, &names)
    node.outputs = node.outputs.map { $0.isEmpty ? "" : values[$0] ?? define($0, &names) }
    return node
  }

  private mutating func renamedExceptOutputs(
    _ node: Node, _ names: inout FunctionNames
  ) throws(OnnxError) -> Node {
    var node = node
    if !node.name.isEmpty { node.name = names.unique(prefix + node.name) }
    node.inputs = node.inputs.map { $0.isEmpty ? "" : values[$0] ?? $0 }
    var attributes: [Attribute] = []
    for attribute in node.attributes {
      if let bound = try bound(attribute, &names) { attributes.append(bound) }
    }
    node.attributes = attributes
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
  private mutating func bound(
    _ attribute: Attribute, _ names: inout FunctionNames
  ) throws(OnnxError) -> Attribute? {
    guard attribute.refAttrName.isEmpty else {
      guard let given = attributes[attribute.refAttrName] else { return nil }
      return try FunctionAttributes.resolve(attribute, given)
    }
    var attribute = attribute
    switch attribute.value {
    case .graph(let graph): attribute.value = .graph(try renamed(graph, &names))
    case .graphs(let graphs):
      attribute.value = .graphs(
        try graphs.map { (graph) throws(OnnxError) in try renamed(graph, &names) })
    default: break
    }
    return attribute
  }

  /// A graph within the body. From where it defines a name, that hides the value around it.
  private mutating func renamed(
    _ graph: Graph, _ names: inout FunctionNames
  ) throws(OnnxError) -> Graph {
    let outer = values
    defer { values = outer }
    var graph = graph
    let inputs = Set(graph.inputs.map(\.name))
    for index in graph.inputs.indices {
      graph.inputs[index].name = define(graph.inputs[index].name, &names)
    }
    for index in graph.initializers.indices {
      let name = graph.initializers[index].name
      graph.initializers[index].name =
        inputs.contains(name) ? values[name] ?? name : define(name, &names)
    }
    for index in graph.sparseInitializers.indices {
      let name = graph.sparseInitializers[index].values.name
      graph.sparseInitializers[index].values.name =
        inputs.contains(name) ? values[name] ?? name : define(name, &names)
    }
    for index in graph.nodes.indices {
      var node = try renamedExceptOutputs(graph.nodes[index], &names)
      node.outputs = node.outputs.map { $0.isEmpty ? "" : define($0, &names) }
      graph.nodes[index] = node
    }
    for index in graph.outputs.indices {
      let name = graph.outputs[index].name
      graph.outputs[index].name = values[name] ?? name
    }
    graph.valueInfo = graph.valueInfo.compactMap { renamed($0) }
    graph.quantizationAnnotations = graph.quantizationAnnotations.map { renamed($0) }
    return graph
  }

  private func renamed(_ annotation: TensorAnnotation) -> TensorAnnotation {
    var annotation = annotation
    annotation.tensorName = values[annotation.tensorName] ?? annotation.tensorName
    for index in annotation.parameters.indices {
      let name = annotation.parameters[index].value
      annotation.parameters[index].value = values[name] ?? name
    }
    return annotation
  }

  /// Gives `name` of the body a name in the caller's graph.
  private mutating func define(_ name: String, _ names: inout FunctionNames) -> String {
    let new = names.unique(prefix + name)
    values[name] = new
    return new
  }
}
