import ViTKernel

/// Writes operators over quantized tensors as what they stand for: DequantizeLinear, an operator over
/// floats, QuantizeLinear. So the passes that know this form find kernels for both.
///
/// A result lies within one step of the operator's own arithmetic, which scales sums in another order.
/// What has no such form here stays as it is.
struct QuantizedExpansion {
  private(set) var graph: OperatorGraph
  private var nodes: [OperatorNode] = []
  private var names: Set<String>
  /// The results of DynamicQuantizeLinear of a value, which several products share.
  private var dynamic: [ValueID: [ValueID]] = [:]
  /// The node being expanded.
  private var node: OperatorNode

  static func apply(to graph: OperatorGraph) -> OperatorGraph {
    guard let first = graph.nodes.first(where: \.op.isQuantized) else { return graph }
    var expansion = QuantizedExpansion(graph, first)
    for node in graph.nodes { expansion.add(node) }
    var result = expansion.graph
    result.nodes = expansion.nodes
    return result
  }

  private init(_ graph: OperatorGraph, _ node: OperatorNode) {
    self.graph = graph
    self.node = node
    names = Set(graph.values.map(\.name))
  }

  private mutating func add(_ node: OperatorNode) {
    self.node = node
    if case .dynamicQuantizeLinear = node.op, let x = node.input(0) {
      let results = node.outputs.compactMap(\.self)
      if results.count == 3, dynamic[x] == nil { dynamic[x] = results }
    }
    guard case .quantized(let op) = node.op, let result = node.outputs[0],
      let expanded = expand(op, result)
    else { return nodes.append(node) }
    nodes += expanded.nodes
  }

  /// The nodes that stand for `op`, the last of which defines `result`; nil where there are none.
  private mutating func expand(_ op: QuantizedOperator, _ result: ValueID) -> Expanded? {
    switch op {
    case .qLinearMatMul: return qLinearMatMul(result)
    case .qLinearConv(let parameters, let channelsLast):
      return qLinearConv(parameters, channelsLast: channelsLast, result)
    case .qLinearBinary(let operation):
      guard let a = dequantized(0), let b = dequantized(3) else { return nil }
      let y = a.then(b).applying(.binary(operation), to: [a.value, b.value], shape(result), &self)
      return y.quantized(node.input(6), node.input(7), into: result, &self)
    case .qLinearWhere:
      guard let a = dequantized(1), let b = dequantized(4) else { return nil }
      let y = a.then(b).applying(
        .select, to: [node.input(0), a.value, b.value], shape(result), &self)
      return y.quantized(node.input(7), node.input(8), into: result, &self)
    case .qLinearUnary(let operation):
      guard let x = dequantized(0) else { return nil }
      let y = x.applying(.unary(operation), to: [x.value], shape(result), &self)
      return y.quantized(node.input(3), node.input(4), into: result, &self)
    case .qLinearSoftmax(let axis, let flattens): return softmax(axis, flattens, result)
    case .qLinearConcat(let axis): return concat(axis, result)
    case .qGemm(let parameters): return qGemm(parameters, result)
    case .matMulIntegerToFloat:
      let a = Operand(values: node.input(0), scale: node.input(2), zeroPoint: node.input(4))
      let b = Operand(values: node.input(1), scale: node.input(3), zeroPoint: node.input(5))
      return product(a, b, bias: node.input(6), [], result)
    case .dynamicQuantizeMatMul: return dynamicQuantizeMatMul(result)
    case .attention(let parameters): return attention(parameters, result)
    case .convInteger, .qLinearAveragePool, .matMulNBits: return nil
    }
  }

  private func shape(_ id: ValueID) -> [Int] { graph.shape(id) }
}

/// Nodes, and what the last of them gives.
private struct Expanded {
  var nodes: [OperatorNode]
  var value: ValueID

  /// These nodes and then those of `other`.
  func then(_ other: Expanded) -> Expanded {
    Expanded(nodes: nodes + other.nodes, value: other.value)
  }

  func applying(
    _ op: Operator, to inputs: [ValueID?], _ shape: [Int], _ expansion: inout QuantizedExpansion
  ) -> Expanded {
    expansion.adding(op, inputs, .float32, shape, after: nodes)
  }

  /// These nodes and a QuantizeLinear that defines `result`.
  func quantized(
    _ scale: ValueID?, _ zeroPoint: ValueID?, into result: ValueID,
    _ expansion: inout QuantizedExpansion
  ) -> Expanded? {
    expansion.quantizing(self, scale, zeroPoint, into: result)
  }
}

/// The inputs that make a quantized tensor.
private struct Operand {
  var values: ValueID?
  var scale: ValueID?
  var zeroPoint: ValueID?
}

extension Operator {
  fileprivate var isQuantized: Bool {
    if case .quantized = self { true } else { false }
  }
}

// Building blocks.
extension QuantizedExpansion {
  /// A node of `op` after `nodes`, with a new value as its result.
  fileprivate mutating func adding(
    _ op: Operator, _ inputs: [ValueID?], _ type: ElementType, _ shape: [Int],
    after nodes: [OperatorNode] = []
  ) -> Expanded {
    let value = addValue(type, shape)
    let added = OperatorNode(
      op: op, inputs: inputs, outputs: [value], origins: node.origins)
    return Expanded(nodes: nodes + [added], value: value)
  }

  fileprivate mutating func addValue(
    _ type: ElementType, _ shape: [Int], constant: Constant? = nil
  ) -> ValueID {
    let start = node.outputs.compactMap { $0.map { graph[$0].name } }.first ?? ""
    var (name, number) = ("\(start)/0", 0)
    while !names.insert(name).inserted {
      number += 1
      name = "\(start)/\(number)"
    }
    return graph.addValue(Value(name: name, type: type, shape: shape, constant: constant))
  }

  /// DequantizeLinear of the three inputs from `position` on.
  fileprivate mutating func dequantized(_ position: Int) -> Expanded? {
    dequantized(
      Operand(
        values: node.input(position), scale: node.input(position + 1),
        zeroPoint: node.input(position + 2)))
  }

  /// DequantizeLinear of bytes with one scale, or where `axis` is given, with one for each of its
  /// indices; nil where the parameters are others.
  fileprivate mutating func dequantized(_ operand: Operand, axis: Int? = nil) -> Expanded? {
    guard let values = operand.values, let scale = operand.scale,
      let type = graph[values].type, type == .int8 || type == .uint8,
      graph[scale].type == .float32
    else { return nil }
    let shape = graph.shape(values)
    let counts = [scale, operand.zeroPoint].compactMap { id in
      id.map { graph.shape($0).reduce(1, *) }
    }
    guard Set(counts).count == 1 else { return nil }
    if counts[0] != 1 {
      guard let axis, shape.indices.contains(axis), shape[axis] == counts[0] else { return nil }
    }
    return adding(
      .dequantizeLinear(axis: axis ?? 0, blockSize: 0), [values, scale, operand.zeroPoint],
      .float32, shape)
  }

  fileprivate func quantizing(
    _ x: Expanded, _ scale: ValueID?, _ zeroPoint: ValueID?, into result: ValueID
  ) -> Expanded? {
    guard let scale, graph[scale].type == .float32, graph.shape(scale).reduce(1, *) == 1,
      zeroPoint.map({ graph.shape($0).reduce(1, *) == 1 }) ?? true
    else { return nil }
    let last = OperatorNode(
      op: .quantizeLinear(axis: 0, blockSize: 0, outputType: graph[result].type),
      inputs: [x.value, scale, zeroPoint], outputs: [result], origins: node.origins)
    return Expanded(nodes: x.nodes + [last], value: result)
  }

  /// `nodes` with `result` in place of what the last of them defines.
  fileprivate func defining(_ result: ValueID, _ x: Expanded) -> Expanded {
    var x = x
    x.nodes[x.nodes.count - 1].outputs = [result]
    x.value = result
    return x
  }
}

// Operators.
extension QuantizedExpansion {
  fileprivate mutating func qLinearMatMul(_ result: ValueID) -> Expanded? {
    let a = Operand(values: node.input(0), scale: node.input(1), zeroPoint: node.input(2))
    let b = Operand(values: node.input(3), scale: node.input(4), zeroPoint: node.input(5))
    guard let values = b.values, let left = dequantized(a),
      let right = dequantized(b, axis: graph.shape(values).count == 2 ? 1 : nil)
    else { return nil }
    let y = left.then(right)
      .applying(.matMul, to: [left.value, right.value], graph.shape(result), &self)
    return y.quantized(node.input(6), node.input(7), into: result, &self)
  }

  fileprivate mutating func qLinearConv(
    _ parameters: ConvParameters, channelsLast: Bool, _ result: ValueID
  ) -> Expanded? {
    let weight = Operand(values: node.input(3), scale: node.input(4), zeroPoint: node.input(5))
    guard var x = dequantized(0), let w = dequantized(weight, axis: 0) else { return nil }
    let rank = graph.shape(result).count
    let first = [0, rank - 1] + Array(1..<(rank - 1))
    if channelsLast {
      let shape = graph.shape(x.value)
      x = x.applying(
        .transpose(permutation: first), to: [x.value], first.map { shape[$0] }, &self)
    }
    var bias: ValueID?
    if let sums = node.input(8) {
      guard let terms = floatBias(sums, [node.input(1), node.input(4)]) else { return nil }
      bias = terms
    }
    let shape = graph.shape(result)
    var y = x.then(w).applying(
      .conv(parameters), to: [x.value, w.value, bias],
      channelsLast ? first.map { shape[$0] } : shape, &self)
    if channelsLast {
      y = y.applying(
        .transpose(permutation: [0] + Array(2..<rank) + [1]), to: [y.value], shape, &self)
    }
    return y.quantized(node.input(6), node.input(7), into: result, &self)
  }

  fileprivate mutating func qGemm(_ parameters: GemmParameters, _ result: ValueID) -> Expanded? {
    let b = Operand(values: node.input(3), scale: node.input(4), zeroPoint: node.input(5))
    guard parameters.alpha == 1, !parameters.transposeA, let left = dequantized(0),
      let right = dequantized(b, axis: parameters.transposeB ? 0 : 1)
    else { return nil }
    var bias: ValueID?
    if let sums = node.input(6) {
      guard let terms = floatBias(sums, [node.input(1), node.input(4)]) else { return nil }
      bias = terms
    }
    let y = left.then(right).applying(
      .gemm(parameters), to: [left.value, right.value, bias], graph.shape(result), &self)
    guard node.input(8) != nil else { return defining(result, y) }
    return y.quantized(node.input(7), node.input(8), into: result, &self)
  }

  /// int32 constants times the product of constant scales; nil where one is not constant, or the counts
  /// differ.
  private mutating func floatBias(_ sums: ValueID, _ scales: [ValueID?]) -> ValueID? {
    guard let sums = graph[sums].constant, sums.elementType == .int32 else { return nil }
    var values = sums.tensor.elements(of: Int32.self).map { Float($0) }
    var factors = [Float](repeating: 1, count: values.count)
    for id in scales {
      guard let scale = id.flatMap({ graph[$0].constant }), scale.elementType == .float32,
        scale.count == 1 || scale.count == values.count
      else { return nil }
      let elements = scale.tensor.elements(of: Float.self)
      for index in factors.indices { factors[index] *= elements[scale.count == 1 ? 0 : index] }
    }
    for index in values.indices { values[index] *= factors[index] }
    let constant = Constant(Tensor(values, shape: sums.shape))
    return addValue(.float32, sums.shape, constant: constant)
  }

  /// A product in float32 after `nodes`, with the bias where there is one.
  fileprivate mutating func product(
    _ a: Operand, _ b: Operand, bias: ValueID?, _ nodes: [OperatorNode], _ result: ValueID
  ) -> Expanded? {
    guard let values = b.values, let left = dequantized(a),
      let right = dequantized(b, axis: graph.shape(values).count == 2 ? 1 : nil)
    else { return nil }
    let shape = graph.shape(result)
    let operands = Expanded(nodes: nodes, value: left.value).then(left).then(right)
    var y = operands.applying(.matMul, to: [left.value, right.value], shape, &self)
    if let bias { y = y.applying(.binary(.add), to: [y.value, bias], shape, &self) }
    return defining(result, y)
  }

  fileprivate mutating func dynamicQuantizeMatMul(_ result: ValueID) -> Expanded? {
    guard let x = node.input(0), graph[x].type == .float32 else { return nil }
    let b = Operand(values: node.input(1), scale: node.input(2), zeroPoint: node.input(3))
    var quantizer: [OperatorNode] = []
    let results =
      dynamic[x] ?? [
        addValue(.uint8, graph.shape(x)), addValue(.float32, []), addValue(.uint8, []),
      ]
    if dynamic[x] == nil {
      quantizer = [
        OperatorNode(
          op: .dynamicQuantizeLinear, inputs: [x], outputs: results, origins: node.origins)
      ]
    }
    let a = Operand(values: results[0], scale: results[1], zeroPoint: results[2])
    guard let y = product(a, b, bias: node.input(4), quantizer, result) else { return nil }
    dynamic[x] = results
    return y
  }

  /// Softmax, with ONNX Runtime's scale of the result: the reciprocal of an integer.
  fileprivate mutating func softmax(
    _ axis: Int, _ flattens: Bool, _ result: ValueID
  ) -> Expanded? {
    guard let x = dequantized(0), let scale = graph.scalar(node.input(3)) else { return nil }
    let steps = (1 / scale).rounded(.down)
    let exact = addValue(.float32, [], constant: Constant(Tensor(scalar: 1 / steps)))
    let y = x.applying(
      .softmax(axis: axis, flattens: flattens), to: [x.value], graph.shape(result), &self)
    return y.quantized(exact, node.input(4), into: result, &self)
  }

  fileprivate mutating func concat(_ axis: Int, _ result: ValueID) -> Expanded? {
    var parts: [ValueID?] = []
    var nodes: [OperatorNode] = []
    for part in 0..<QuantizedOperator.parts(node.inputs.count) {
      guard let x = dequantized(2 + 3 * part), let type = graph[result].type else { return nil }
      let bytes = addValue(type, graph.shape(x.value))
      guard let q = x.quantized(node.input(0), node.input(1), into: bytes, &self) else {
        return nil
      }
      nodes += q.nodes
      parts.append(bytes)
    }
    guard let type = graph[result].type else { return nil }
    return defining(
      result, adding(.concat(axis: axis), parts, type, graph.shape(result), after: nodes))
  }

  /// The projections as one product, and attention without a mask over its parts.
  fileprivate mutating func attention(
    _ parameters: QuantizedAttentionParameters, _ result: ValueID
  ) -> Expanded? {
    guard node.input(5) == nil, !parameters.isCausal, let weight = node.input(1) else { return nil }
    let shape = graph.shape(result)
    let all = [shape[0], shape[1], graph.shape(weight)[1]]
    let a = Operand(values: node.input(0), scale: node.input(3), zeroPoint: node.input(6))
    let b = Operand(values: weight, scale: node.input(4), zeroPoint: node.input(7))
    let projected = addValue(.float32, all)
    guard let y = product(a, b, bias: node.input(2), [], projected) else { return nil }
    let parts = (0..<3).map { _ in addValue(.float32, shape) }
    let split = OperatorNode(
      op: .split(axis: 2, sizes: nil, outputs: nil), inputs: [projected], outputs: parts,
      origins: node.origins)
    let width = shape[2] / parameters.heads
    let fusion = AttentionFusion(
      heads: parameters.heads, scale: parameters.scale ?? 1 / Float(width).squareRoot())
    return defining(
      result,
      adding(.fused(.attention(fusion)), parts, .float32, shape, after: y.nodes + [split]))
  }
}
