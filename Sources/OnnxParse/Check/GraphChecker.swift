/// Checks a graph or a function's body: every name defined once, and before it is read.
struct GraphChecker {
  /// The domains whose operators may be used.
  let domains: Set<String>
  /// In a function's body attributes may refer to the caller's.
  var isFunction = false

  /// The one name of ONNX's own domain, which has two.
  static func canonical(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

  /// Checks `graph`, whose nodes may read the names in `outer` as well.
  func check(_ graph: Graph, outer: [Set<String>]) throws(OnnxError) {
    var defined: Set<String> = []
    for (index, input) in graph.inputs.enumerated() {
      try define(input.name, in: &defined, at: elementPlace("input", index, input.name))
      try check(input, at: elementPlace("input", index, input.name))
    }
    try checkInitializers(of: graph, &defined)
    try check(graph.nodes, &defined, outer)
    for (index, output) in graph.outputs.enumerated() {
      let place = elementPlace("output", index, output.name)
      guard isDefined(output.name, defined, outer) else {
        throw OnnxError(.invalid("no node, input or initializer defines it"), place: place)
      }
      try check(output, at: place)
    }
    for (index, value) in graph.valueInfo.enumerated() {
      try check(value, at: elementPlace("value_info", index, value.name))
    }
  }

  /// Checks the body of `function`.
  func check(_ function: FunctionProto) throws(OnnxError) {
    var defined: Set<String> = []
    for (index, input) in function.inputs.enumerated() {
      try define(input, in: &defined, at: elementPlace("input", index, input))
    }
    try checkAttributes(function.attributeDefaults, [], field: "attribute_proto")
    for (index, value) in function.attributeDefaults.enumerated() where !value.refAttrName.isEmpty {
      throw OnnxError(
        .invalid("a default refers to another attribute"),
        place: elementPlace("attribute_proto", index, value.name))
    }
    try check(function.nodes, &defined, [])
    for (index, output) in function.outputs.enumerated() where !defined.contains(output) {
      throw OnnxError(
        .invalid("no node or input defines it"), place: elementPlace("output", index, output))
    }
  }

  /// An initializer may also be an input (always before IR version 4): then it is its default.
  private func checkInitializers(
    of graph: Graph, _ defined: inout Set<String>
  ) throws(OnnxError) {
    var initialized: Set<String> = []
    for (index, tensor) in graph.initializers.enumerated() {
      let place = elementPlace("initializer", index, tensor.name)
      try define(tensor.name, in: &initialized, at: place)
      try within(place) { () throws(OnnxError) in try tensor.check() }
    }
    for (index, tensor) in graph.sparseInitializers.enumerated() {
      let place = elementPlace("sparse_initializer", index, tensor.values.name)
      try define(tensor.values.name, in: &initialized, at: place)
      try within(place) { () throws(OnnxError) in try tensor.check() }
    }
    defined.formUnion(initialized)
  }

  private func check(
    _ nodes: [Node], _ defined: inout Set<String>, _ outer: [Set<String>]
  ) throws(OnnxError) {
    for (index, node) in nodes.enumerated() {
      do throws(OnnxError) {
        try check(node, defined, outer)
        for output in node.outputs where !output.isEmpty {
          try define(output, in: &defined, at: "output \"\(output)\"")
        }
      } catch {
        throw error.within(elementPlace("node", index, node.name))
      }
    }
  }

  private func check(
    _ node: Node, _ defined: Set<String>, _ outer: [Set<String>]
  ) throws(OnnxError) {
    guard !node.opType.isEmpty else { throw OnnxError(.invalid("op_type is missing")) }
    guard domains.contains(GraphChecker.canonical(node.domain)) else {
      throw OnnxError(
        .invalid(
          "\(node.opType) is of domain \"\(node.domain)\", which opset_import does not name"))
    }
    for input in node.inputs where !input.isEmpty && !isDefined(input, defined, outer) {
      throw OnnxError(
        .invalid(
          "\(node.opType) reads \"\(input)\", which no input, initializer or earlier node defines"))
    }
    try checkAttributes(node.attributes, outer + [defined], field: "attribute")
  }

  private func define(
    _ name: String, in defined: inout Set<String>, at place: @autoclosure () -> String
  ) throws(OnnxError) {
    guard !name.isEmpty else { throw OnnxError(.invalid("the name is missing"), place: place()) }
    guard defined.insert(name).inserted else {
      throw OnnxError(.invalid("the name is defined a second time"), place: place())
    }
  }

  private func isDefined(_ name: String, _ defined: Set<String>, _ outer: [Set<String>]) -> Bool {
    defined.contains(name) || outer.contains { $0.contains(name) }
  }
}
