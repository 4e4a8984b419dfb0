import OnnxParse
import Quant

/// One node of a model with the constants that it reads, as a model of its own.
///
/// What depends on an input of the original is an input here, float32 of any shape, under its own name.
struct OneNodeModel {
  let model: Model
  /// The node's name, or its first output where it has none.
  let label: String
  /// The operator.
  let opType: String
  /// Names of the inputs, in the node's order.
  let inputs: [String]
  /// The name of the output.
  let output: String

  /// Cuts node `position` out of the main graph of `original`.
  ///
  /// - Throws: ``NodeProbeError/unsuitable(node:reason:)`` where it has no output, or reads nothing that
  ///   depends on an input.
  init(of original: Model, at position: Int) throws(NodeProbeError) {
    let graph = original.graph
    guard graph.nodes.indices.contains(position) else {
      throw .unsuitable(node: "\(position)", reason: "the model has \(graph.nodes.count) nodes")
    }
    let node = graph.nodes[position]
    label = node.name.isEmpty ? node.outputs.first ?? "" : node.name
    opType = node.opType
    let variables = Self.variables(of: graph)
    inputs = node.inputs.enumerated().filter { place, input in
      variables.contains(input) && !node.inputs.prefix(place).contains(input)
    }.map(\.element)
    guard let output = node.outputs.first, !output.isEmpty else {
      throw .unsuitable(node: label, reason: "it has no output")
    }
    guard !inputs.isEmpty else {
      throw .unsuitable(node: label, reason: "it reads constants alone")
    }
    self.output = output
    let nodes = Self.constantNodes(feeding: node, before: position, in: graph) + [node]
    let read = Set(nodes.flatMap(\.inputs))
    model = Model(
      irVersion: max(original.irVersion, 4), opsetImports: original.opsetImports,
      graph: Graph(
        name: label, nodes: nodes,
        inputs: inputs.map { ValueInfo(name: $0, dataType: .float, dims: nil) },
        outputs: [ValueInfo(name: output, dataType: .float, dims: nil)],
        initializers: graph.initializers.filter { read.contains($0.name) }),
      file: original.file)
  }

  /// The values that depend on an input, their shapes included.
  private static func variables(of graph: Graph) -> Set<String> {
    var variables = Set(graph.inputs.map(\.name)).subtracting(graph.initializers.map(\.name))
    for node in graph.nodes {
      let hasGraphs = node.attributes.contains { attribute in
        switch attribute.value {
        case .graph, .graphs: true
        default: false
        }
      }
      if hasGraphs || node.inputs.contains(where: variables.contains) {
        variables.formUnion(node.outputs)
      }
    }
    variables.remove("")
    return variables
  }

  /// The nodes from whose outputs alone, and from initializers, the constants of `node` follow.
  private static func constantNodes(
    feeding node: Node, before position: Int, in graph: Graph
  ) -> [Node] {
    let variables = variables(of: graph)
    var wanted = Set(node.inputs).subtracting(variables)
    var nodes: [Node] = []
    for candidate in graph.nodes[..<position].reversed()
    where candidate.outputs.contains(where: wanted.contains) {
      nodes.append(candidate)
      wanted.formUnion(candidate.inputs)
    }
    return nodes.reversed()
  }

  /// The model with `constants` in float as they are after 8 bits, and all else as it was.
  func replacing(_ constants: [NodeConstant]) -> Model {
    var copy = model
    let names = Set(constants.map(\.original.name))
    copy.graph.nodes.removeAll { $0.outputs.contains(where: names.contains) }
    copy.graph.initializers.removeAll { names.contains($0.name) }
    copy.graph.initializers += constants.map(\.dequantized)
    return copy
  }

  /// The model with its inputs quantized to uint8 and back, as they are before a quantized node, and
  /// its constants in float.
  func quantizingInputs() -> Model {
    var copy = model
    var quantizers: [Node] = []
    for input in inputs {
      let parts = ["quantized", "scale", "zero_point"].map { "\(input)/\($0)" }
      let kept = "\(input)/dequantized"
      quantizers.append(
        Node(opType: "DynamicQuantizeLinear", inputs: [input], outputs: parts))
      quantizers.append(Node(opType: "DequantizeLinear", inputs: parts, outputs: [kept]))
      guard let last = copy.graph.nodes.indices.last else { continue }
      copy.graph.nodes[last].inputs = copy.graph.nodes[last].inputs.map { $0 == input ? kept : $0 }
    }
    copy.graph.nodes.insert(contentsOf: quantizers, at: 0)
    return copy
  }
}
