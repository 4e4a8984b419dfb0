import ViTKernel

/// Moves bytes instead of floats: where an operator only moves elements, dequantizing after it gives
/// the same as dequantizing before it. What is then quantized as it was before is the bytes again.
struct DequantizedMovement {
  /// The bytes and the parameters that a float value is made of.
  private struct Source {
    let values: ValueID
    let scale: ValueID
    let zeroPoint: ValueID?
    let origins: [NodeOrigin]
  }

  private var graph: OperatorGraph
  private var nodes: [OperatorNode] = []
  private var sources: [ValueID: Source] = [:]

  static func apply(to graph: OperatorGraph) -> OperatorGraph {
    guard graph.nodes.contains(where: \.op.isDequantization) else { return graph }
    var movement = DequantizedMovement(graph: graph)
    for node in graph.nodes { movement.add(node) }
    var result = movement.graph
    result.nodes = movement.nodes
    return result
  }

  private init(graph: OperatorGraph) { self.graph = graph }

  private mutating func add(_ node: OperatorNode) {
    switch node.op {
    case .dequantizeLinear:
      if let source = source(node), let y = node.outputs[0] { sources[y] = source }
      nodes.append(node)
    case .transpose, .reshape, .squeeze, .unsqueeze, .flatten, .slice, .gather, .expand, .split,
      .identity:
      guard let source = node.input(0).flatMap({ sources[$0] }) else { return nodes.append(node) }
      move(node, inputs: [source.values] + node.inputs.dropFirst(), source)
    case .concat:
      let parts = node.inputs.map { $0.flatMap { sources[$0] } }
      guard let first = parts.first ?? nil,
        parts.allSatisfy({ $0.map { isSame($0, first) } ?? false })
      else { return nodes.append(node) }
      move(node, inputs: parts.map { $0?.values }, first)
    case .quantizeLinear:
      guard let source = node.input(0).flatMap({ sources[$0] }), let y = node.outputs[0],
        let scale = node.input(1), graph[y].type == graph[source.values].type,
        isSame(
          source,
          Source(
            values: source.values, scale: scale, zeroPoint: node.input(2), origins: node.origins))
      else { return nodes.append(node) }
      nodes.append(
        OperatorNode(
          op: .identity, inputs: [source.values], outputs: [y], origins: node.origins))
    default: nodes.append(node)
    }
  }

  /// The node over bytes, and a DequantizeLinear of each of its results.
  private mutating func move(_ node: OperatorNode, inputs: [ValueID?], _ source: Source) {
    var moved = node
    moved.inputs = inputs
    var dequantizers: [OperatorNode] = []
    for (place, output) in node.outputs.enumerated() {
      guard let output else { continue }
      let bytes = graph.addValue(
        Value(
          name: "\(graph[output].name)/bytes", type: graph[source.values].type,
          shape: graph[output].shape))
      moved.outputs[place] = bytes
      dequantizers.append(
        OperatorNode(
          op: .dequantizeLinear(axis: 0, blockSize: 0),
          inputs: [bytes, source.scale, source.zeroPoint], outputs: [output],
          origins: source.origins))
      sources[output] = Source(
        values: bytes, scale: source.scale, zeroPoint: source.zeroPoint, origins: source.origins)
    }
    nodes.append(moved)
    nodes += dequantizers
  }

  /// Bytes with one scale that are no constants.
  private func source(_ node: OperatorNode) -> Source? {
    guard case .dequantizeLinear(_, blockSize: 0) = node.op, let values = node.input(0),
      let scale = node.input(1), let type = graph[values].type, type == .int8 || type == .uint8,
      graph[values].constant == nil, graph.shape(scale).reduce(1, *) == 1
    else { return nil }
    return Source(
      values: values, scale: scale, zeroPoint: node.input(2), origins: node.origins)
  }

  private func isSame(_ left: Source, _ right: Source) -> Bool {
    let types = [left.values, right.values].map { graph[$0].type }
    return types[0] == types[1]
      && (left.scale == right.scale
        || scalar(left.scale) != nil && scalar(left.scale) == scalar(right.scale))
      && (left.zeroPoint == right.zeroPoint
        || zero(left.zeroPoint) != nil && zero(left.zeroPoint) == zero(right.zeroPoint))
  }

  private func scalar(_ id: ValueID) -> Float? { graph.scalar(id) }

  /// The zero point, where it is known; zero where there is none.
  private func zero(_ id: ValueID?) -> Int? {
    guard let id else { return 0 }
    guard let constant = graph[id].constant, constant.count == 1 else { return nil }
    switch constant.elementType {
    case .int8: return constant.tensor.elements(of: Int8.self).first.map { Int($0) }
    case .uint8: return constant.tensor.elements(of: UInt8.self).first.map { Int($0) }
    default: return nil
    }
  }
}

extension Operator {
  fileprivate var isDequantization: Bool {
    if case .dequantizeLinear = self { true } else { false }
  }
}
