import OnnxParse

/// Models of a few nodes, made in memory.
enum Tiny {
  static func model(
    opset: Int64 = 17, irVersion: Int64 = 8, inputs: [ValueInfo] = [float("x")],
    outputs: [ValueInfo] = [float("y")], _ nodes: [Node], constants: [TensorProto] = []
  ) -> Model {
    Model(
      irVersion: irVersion, opsetImports: [OperatorSetID(version: opset)],
      graph: Graph(
        name: "g", nodes: nodes, inputs: inputs, outputs: outputs, initializers: constants))
  }

  static func float(_ name: String) -> ValueInfo {
    ValueInfo(name: name, dataType: .float, dims: nil)
  }

  static func weight(_ name: String, _ dims: [Int64], _ values: [Float]? = nil) -> TensorProto {
    let count = Int(dims.reduce(1, *))
    let made = (0..<count).map { Float($0 % 7) - 2.5 + 0.125 * Float($0) }
    return TensorProto(name: name, dims: dims, dataType: .float, payload: .floats(values ?? made))
  }

  static func scalar(_ name: String, _ value: Float) -> Node {
    let tensor = TensorProto(dims: [], dataType: .float, payload: .floats([value]))
    return Node(
      name: name + "_constant", opType: "Constant", inputs: [], outputs: [name],
      attributes: [Attribute(name: "value", value: .tensor(tensor))])
  }

  /// A node named like its output.
  static func node(
    _ opType: String, _ inputs: [String], _ output: String, name: String? = nil,
    _ attributes: [Attribute] = []
  ) -> Node {
    Node(
      name: name ?? output + "_" + opType, opType: opType, inputs: inputs, outputs: [output],
      attributes: attributes)
  }

  static func matMul(_ left: String, _ right: String, _ output: String, name: String? = nil)
    -> Node
  {
    node("MatMul", [left, right], output, name: name)
  }
}

extension Model {
  func initializer(_ name: String) -> TensorProto? {
    graph.initializers.first { $0.name == name }
  }

  /// `output = operator(inputs)`, a line to each node.
  var listing: [String] {
    graph.nodes.map {
      "\($0.outputs.joined(separator: ",")) = \($0.opType)(\($0.inputs.joined(separator: ",")))"
    }
  }

  /// The first value that a node reads before it is defined, or that nothing defines.
  var firstUndefinedValue: String? {
    var defined = Set(graph.inputs.map(\.name) + graph.initializers.map(\.name) + [""])
    for node in graph.nodes {
      if let missing = node.inputs.first(where: { !defined.contains($0) }) { return missing }
      defined.formUnion(node.outputs)
    }
    return graph.outputs.map(\.name).first { !defined.contains($0) }
  }
}
