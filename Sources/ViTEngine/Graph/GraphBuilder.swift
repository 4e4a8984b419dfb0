import OnnxParse
import ViTKernel

/// Turns a model into a graph of decoded operators.
struct GraphBuilder {
  private let weights: SharedWeights
  private var graph = OperatorGraph()
  private var ids: [String: ValueID] = [:]
  /// Types as the file declares them, where it does.
  private var declared: [String: ElementType] = [:]
  private let opset: Int64
  private let narrowsDouble: Bool

  private init(weights: SharedWeights, opset: Int64, narrowsDouble: Bool) {
    self.weights = weights
    self.opset = opset
    self.narrowsDouble = narrowsDouble
  }

  /// The graph of `model`, nothing folded and no shape known.
  ///
  /// - Throws: ``EngineError`` naming the node that can't be decoded.
  static func build(
    _ model: Model, weights: SharedWeights
  ) throws(EngineError) -> OperatorGraph {
    guard let opset = model.opset else {
      throw EngineError(.unsupported("a model that imports no version of ONNX's own operators"))
    }
    guard OperatorRegistry.supportedOpsets.contains(opset) else {
      let range = OperatorRegistry.supportedOpsets
      throw EngineError(
        .unsupported(
          "opset \(opset); versions \(range.lowerBound) to \(range.upperBound) are supported"))
    }
    var builder = GraphBuilder(
      weights: weights, opset: opset, narrowsDouble: model.graph.isDouble)
    try builder.addValues(model.graph)
    builder.graph.nodes = try builder.nodes(of: model.graph)
    builder.graph.outputs = try builder.outputs(of: model.graph)
    builder.graph.foldingBudget = builder.graph.values.reduce(freeFolding) { budget, value in
      budget + foldingPerConstantByte * (value.constant?.byteCount ?? 0)
    }
    return builder.graph
  }

  /// Bytes of constants that folding may make of any model.
  private static let freeFolding = 64 << 20
  /// Bytes of constants that folding may make for each byte of the model's own: int8 weights may
  /// become float32, and be transposed.
  private static let foldingPerConstantByte = 8

  private var types: NodeTypes { NodeTypes(narrowsDouble: narrowsDouble) }

  private mutating func addValues(_ source: Graph) throws(EngineError) {
    try addInitializers(of: source)
    // Before IR version 4 initializers are inputs as well; they are constants all the same.
    for input in source.inputs where ids[input.name] == nil {
      let type = try Self.elementType(input)
      declared[input.name] = type
      let id = graph.addValue(Value(name: input.name, type: types.computed(type)))
      ids[input.name] = id
      graph.inputs.append(id)
    }
  }

  private mutating func addInitializers(of source: Graph) throws(EngineError) {
    if let sparse = source.sparseInitializers.first {
      throw EngineError(
        .unsupported("a sparse tensor; dense ones are supported"),
        node: "initializer \"\(sparse.values.name)\"")
    }
    for proto in source.initializers {
      define(
        proto.name,
        constant: try weights.constant(
          proto, types: types, place: "initializer \"\(proto.name)\""))
      declared[proto.name] = ElementType(onnx: proto.dataTypeNumber)
    }
    for value in source.valueInfo {
      if case .tensor(let number, _)? = value.type?.kind {
        declared[value.name] = ElementType(onnx: number)
      }
    }
  }

  private mutating func nodes(of source: Graph) throws(EngineError) -> [OperatorNode] {
    var nodes: [OperatorNode] = []
    for (index, node) in source.nodes.enumerated() {
      if let decoded = try self.node(node, index: index) { nodes.append(decoded) }
    }
    return nodes
  }

  private func outputs(of source: Graph) throws(EngineError) -> [ValueID] {
    var outputs: [ValueID] = []
    for output in source.outputs {
      guard let id = ids[output.name] else {
        throw EngineError(.invalid("output \"\(output.name)\" is defined by no node"))
      }
      outputs.append(id)
    }
    return outputs
  }

  /// A branch of an If. What it names hides values of the same name around it.
  private mutating func branch(
    _ name: String, of node: Node, label: String
  ) throws(EngineError) -> Branch {
    guard case .graph(let source)? = node.attribute(name)?.value else {
      throw EngineError(.invalid("attribute \(name) is no graph"), node: label)
    }
    let outer = (ids, declared)
    defer { (ids, declared) = outer }
    try addInitializers(of: source)
    return Branch(nodes: try nodes(of: source), outputs: try outputs(of: source))
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

  /// The node decoded; nil for a constant, which becomes a value.
  private mutating func node(
    _ node: Node, index: Int
  ) throws(EngineError) -> OperatorNode? {
    let origin = NodeOrigin(index: index, name: node.name, opType: node.opType)
    let op = try decode(node, label: origin.label)
    if case .constant(let tensor) = op {
      guard let name = node.outputs.first else { return nil }
      define(name, constant: Constant(tensor))
      declared[name] = Self.constantType(node) ?? tensor.elementType
      return nil
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
    if let type = op.declaredResult(types(of: node)) {
      for output in node.outputs where declared[output] == nil { declared[output] = type }
    }
    let outputs = node.outputs.map { name -> ValueID? in
      name.isEmpty ? nil : define(name, constant: nil)
    }
    return OperatorNode(op: op, inputs: inputs, outputs: outputs, origins: [origin])
  }

  private mutating func decode(_ node: Node, label: String) throws(EngineError) -> Operator {
    guard node.opType == OperatorRegistry.conditionalName,
      OperatorDomain(node.domain) == .onnx
    else {
      return try OperatorRegistry.decode(node, opset: opset, types: types(of: node), label: label)
    }
    return .conditional(
      Branches(
        then: try branch("then_branch", of: node, label: label),
        otherwise: try branch("else_branch", of: node, label: label)))
  }

  private func types(of node: Node) -> NodeTypes {
    NodeTypes(inputs: node.inputs.map { declared[$0] }, narrowsDouble: narrowsDouble)
  }

  /// The type of a Constant before it is stored as another one.
  private static func constantType(_ node: Node) -> ElementType? {
    guard case .tensor(let proto)? = node.attribute("value")?.value else { return nil }
    return ElementType(onnx: proto.dataTypeNumber)
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

extension Operator {
  /// The declared type of the result, where it is not the one that it is computed in.
  fileprivate func declaredResult(_ types: NodeTypes) -> ElementType? {
    switch self {
    case .narrow(let type, _, _), .cast(let type), .indexing(.bitCast(_, let type)): type
    case .identity, .reshape, .transpose, .unsqueeze, .squeeze, .flatten, .slice, .gather, .expand,
      .concat, .split, .tile, .pad, .range, .unary, .binary, .variadic, .clip, .matMul, .gemm,
      .conv, .softmax, .logSoftmax, .layerNormalization, .reduce, .transformer:
      types.input(0)
    case .select, .dequantizeLinear: types.input(1)
    case .quantizeNarrow(let target): target.type
    case .indexing(let op) where op.keepsType: types.input(0)
    default: nil
    }
  }
}

extension Graph {
  /// True for a model in double: all of it is then computed in float32. Doubles that only occur
  /// within a model are sizes and factors, and stay exact, as do those of a graph without products.
  fileprivate var isDouble: Bool {
    let constants = Set(initializers.map(\.name))
    guard nodes.contains(where: OperatorRegistry.isProduct) else { return false }
    return inputs.contains { input in
      guard case .tensor(let number, _)? = input.type?.kind else { return false }
      return number == DataType.double.rawValue && !constants.contains(input.name)
    }
  }
}
