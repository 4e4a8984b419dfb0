import OnnxParse
import ViTKernel

/// Turns a model into a graph of decoded operators.
struct GraphBuilder {
  private let weights: SharedWeights
  private var graph = OperatorGraph()
  private var ids: [String: ValueID] = [:]

  private init(weights: SharedWeights) { self.weights = weights }

  /// The graph of `model`, nothing folded and no shape known.
  ///
  /// - Throws: ``EngineError`` naming the node that can't be decoded.
  static func build(
    _ model: Model, weights: SharedWeights
  ) throws(EngineError) -> OperatorGraph {
    guard let opset = model.opset else {
      throw EngineError(.invalid("the model imports no version of ONNX's own operators"))
    }
    guard OperatorRegistry.supportedOpsets.contains(opset) else {
      let range = OperatorRegistry.supportedOpsets
      throw EngineError(
        .unsupported(
          "opset \(opset); versions \(range.lowerBound) to \(range.upperBound) are supported"))
    }
    var builder = GraphBuilder(weights: weights)
    try builder.addValues(model.graph)
    for (index, node) in model.graph.nodes.enumerated() {
      try builder.addNode(node, index: index, opset: opset)
    }
    for output in model.graph.outputs {
      guard let id = builder.ids[output.name] else {
        throw EngineError(.invalid("output \"\(output.name)\" is defined by no node"))
      }
      builder.graph.outputs.append(id)
    }
    builder.graph.foldingBudget = builder.graph.values.reduce(freeFolding) { budget, value in
      budget + foldingPerConstantByte * (value.constant?.stored.byteCount ?? 0)
    }
    return builder.graph
  }

  /// Bytes of constants that folding may make of any model.
  private static let freeFolding = 64 << 20
  /// Bytes of constants that folding may make for each byte of the model's own: int8 weights may
  /// become float32, and be transposed.
  private static let foldingPerConstantByte = 8

  private mutating func addValues(_ source: Graph) throws(EngineError) {
    for proto in source.initializers {
      define(
        proto.name,
        constant: try weights.constant(proto, place: "initializer \"\(proto.name)\""))
    }
    // Before IR version 4 initializers are inputs as well; they are constants all the same.
    for input in source.inputs where ids[input.name] == nil {
      let type = try Self.elementType(input)
      let id = graph.addValue(Value(name: input.name, type: type))
      ids[input.name] = id
      graph.inputs.append(id)
    }
  }

  private static func elementType(_ input: ValueInfo) throws(EngineError) -> ElementType {
    guard case .tensor(let number, _)? = input.type?.kind else {
      throw EngineError(.unsupported("input \"\(input.name)\" is not a tensor"))
    }
    guard let type = ElementType(onnx: number) else {
      throw ElementType.unsupported(number, "of input \"\(input.name)\"")
    }
    return type
  }

  private mutating func addNode(
    _ node: Node, index: Int, opset: Int64
  ) throws(EngineError) {
    let origin = NodeOrigin(index: index, name: node.name, opType: node.opType)
    let op = try OperatorRegistry.decode(node, opset: opset, label: origin.label)
    if case .constant(let tensor) = op {
      guard let name = node.outputs.first else { return }
      define(name, constant: Constant(tensor))
      return
    }
    var inputs: [ValueID?] = []
    for name in node.inputs {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let id = ids[name] else {
        throw EngineError(.invalid("input \"\(name)\" is defined nowhere"), node: origin.label)
      }
      inputs.append(id)
    }
    let outputs = node.outputs.map { name -> ValueID? in
      name.isEmpty ? nil : define(name, constant: nil)
    }
    graph.nodes.append(
      OperatorNode(op: op, inputs: inputs, outputs: outputs, origins: [origin]))
  }

  @discardableResult
  private mutating func define(_ name: String, constant: Constant?) -> ValueID {
    let id = graph.addValue(
      Value(
        name: name, type: constant?.elementType, shape: constant?.shape, constant: constant))
    ids[name] = id
    return id
  }
}
