/// What a copy of a function's body takes, whatever it is called with.
struct FunctionExtent {
  /// Names in it, and other elements that are copied one by one.
  private(set) var count = 0
  /// Bytes of the names.
  private(set) var byteCount = 0

  /// Bytes for an element beside its name's.
  private static let overhead = 64

  init(_ function: FunctionProto) {
    for name in function.inputs + function.outputs { add(name) }
    for attribute in function.attributeDefaults { add(attribute.name) }
    for value in function.valueInfo { add(value.name) }
    for node in function.nodes { add(node) }
  }

  /// Bytes of a copy whose names have `prefix` bytes more.
  func bytes(prefix: Int) -> Int { byteCount + count * (prefix + Self.overhead) }

  private mutating func add(_ name: String) {
    count += 1
    byteCount += name.utf8.count
  }

  private mutating func add(_ node: Node) {
    add(node.name)
    for name in node.inputs + node.outputs { add(name) }
    for attribute in node.attributes { add(attribute.name) }
    for graph in node.graphs { add(graph) }
  }

  private mutating func add(_ graph: Graph) {
    for value in graph.inputs + graph.outputs + graph.valueInfo { add(value.name) }
    for tensor in graph.initializers { add(tensor.name) }
    for tensor in graph.sparseInitializers { add(tensor.values.name) }
    for annotation in graph.quantizationAnnotations {
      add(annotation.tensorName)
      for parameter in annotation.parameters { add(parameter.value) }
    }
    for node in graph.nodes { add(node) }
  }
}
