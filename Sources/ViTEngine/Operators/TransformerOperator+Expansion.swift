import ViTKernel

extension TransformerOperator {
  /// Types and shapes of what the operator expands to.
  func expandedResults(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    var expansion = shapes(inputs)
    return try expand(in: &expansion).map { id in
      let value = id.map { expansion.graph[$0] }
      return ResultType(type: value?.type ?? .float32, shape: value?.shape ?? [0])
    }
  }

  /// Elements of all values on the way to the results.
  func innerElements(_ inputs: NodeInputs) -> Int {
    var expansion = shapes(inputs)
    // What can't be expanded is refused before it is computed.
    guard (try? expand(in: &expansion)) != nil else { return 0 }
    return expansion.graph.values.reduce(0) { $0 + ($1.shape?.reduce(1, *) ?? 0) }
  }

  private func shapes(_ inputs: NodeInputs) -> Expansion {
    Expansion(
      self, inputs: inputs.node.inputs.map { $0.map { inputs.graph[$0] } },
      outputs: inputs.node.outputs.map { $0 != nil }, purpose: .shapes)
  }

  /// The results of what the operator expands to, each computed plainly.
  func expandedValues(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    let values = operands.tensors.map { tensor in
      tensor.map {
        Value(name: "", type: $0.elementType, shape: $0.shape, constant: Constant($0))
      }
    }
    var expansion = Expansion(
      self, inputs: values, outputs: Array(repeating: true, count: outputs), purpose: .values)
    return try expand(in: &expansion).map { id in
      id.flatMap { expansion.graph[$0].constant?.tensor } ?? Tensor(.float32, shape: [0])
    }
  }

  /// Adds the nodes that the operator stands for.
  ///
  /// - Returns: The results, nil for those that are not asked for.
  /// - Throws: ``KernelError`` where the operator's rules forbid the inputs.
  func expand(in expansion: inout Expansion) throws(KernelError) -> [ValueID?] {
    switch self {
    case .attention(let parameters): return try parameters.expand(in: &expansion)
    case .packedAttention(let parameters): return try parameters.expand(in: &expansion)
    case .multiHeadAttention(let parameters): return try parameters.expand(in: &expansion)
    case .skipNormalization(let parameters): return try parameters.expand(in: &expansion)
    case .fusedMatMul(let parameters): return [try parameters.expand(in: &expansion)]
    case .fusedGemm(let parameters, let activation):
      let y = try expansion.add(
        .gemm(parameters), expansion.input(0), expansion.input(1), expansion.node.input(2))
      return [try expansion.activate(y, activation)]
    case .fusedConv(let parameters, let activation):
      var y = try expansion.add(
        .conv(parameters), expansion.input(0), expansion.input(1), expansion.node.input(2))
      if let z = expansion.node.input(3) { y = try expansion.add(.binary(.add), y, z) }
      return [try expansion.activate(y, activation)]
    default: return [try expandElements(in: &expansion)]
    }
  }

  private func expandElements(in expansion: inout Expansion) throws(KernelError) -> ValueID {
    let x = try expansion.input(0)
    switch self {
    case .contributedRotary(let parameters):
      return try expansion.add(
        .transformer(.rotaryEmbedding(parameters)), x, expansion.input(2), expansion.input(3),
        expansion.input(1))
    case .biasGelu(let approximation):
      let sum = try expansion.add(.binary(.add), x, expansion.input(1))
      return try expansion.add(.unary(.gelu(approximation)), sum)
    case .swiGLU(let alpha):
      let factor = try expansion.input(1)
      guard expansion.shape(x) == expansion.shape(factor) else {
        throw .invalid("SwiGLU of \(expansion.shape(x)) and \(expansion.shape(factor))")
      }
      return try expansion.add(
        .binary(.mul), expansion.add(.unary(.swish(alpha: alpha)), x), factor)
    default: throw .unsupported("an operator that stands for itself")
    }
  }
}

extension Expansion {
  fileprivate mutating func activate(
    _ x: ValueID, _ activation: FusedActivation?
  ) throws(KernelError) -> ValueID {
    switch activation {
    case nil: return x
    case .unary(let operation)?: return try add(.unary(operation), x)
    case .clip(let lowest, let highest)?:
      return try add(
        .clip(lowest: nil, highest: nil), x, constant(Tensor(scalar: lowest)),
        constant(Tensor(scalar: highest)))
    }
  }
}

extension SkipParameters {
  /// `normalise(input + skip + bias)`, and the sum. The bias is added to what a matrix product gives,
  /// so that both are one kernel.
  fileprivate func expand(in expansion: inout Expansion) throws(KernelError) -> [ValueID?] {
    var (x, skip) = (try expansion.input(0), try expansion.input(1))
    let gamma = try expansion.input(2)
    if let bias = expansion.node.input(isCentered ? 4 : 3) {
      if expansion.isProduct(skip) && !expansion.isProduct(x) {
        skip = try expansion.add(.binary(.add), skip, bias)
      } else {
        x = try expansion.add(.binary(.add), x, bias)
      }
    }
    let sum = try expansion.add(.binary(.add), x, skip)
    guard isCentered else {
      let results = try expansion.add(
        .transformer(.rmsNormalization(axis: -1, epsilon: epsilon)), [sum, gamma],
        outputs: expansion.wants(2) ? 2 : 1)
      return [results[0], nil, results.count > 1 ? results[1] : nil, sum]
    }
    let hasStatistics = expansion.wants(1) || expansion.wants(2)
    let results = try expansion.add(
      .layerNormalization(axis: -1, epsilon: epsilon), [sum, gamma, expansion.node.input(3)],
      outputs: hasStatistics ? 3 : 1)
    return [results[0], hasStatistics ? results[1] : nil, hasStatistics ? results[2] : nil, sum]
  }
}

extension FusedMatMulParameters {
  fileprivate func expand(in expansion: inout Expansion) throws(KernelError) -> ValueID {
    var operands = [try expansion.input(0), try expansion.input(1)]
    for (place, transposition) in [a, b].enumerated() {
      let rank = expansion.shape(operands[place]).count
      if let permutation = transposition.permutation(rank: rank) {
        operands[place] = try expansion.transpose(operands[place], permutation)
      }
    }
    // Before a product by weights, a factor leaves what follows that to its kernel.
    guard expansion.graph[operands[1]].constant == nil else {
      let a = try expansion.scale(operands[0], by: alpha)
      return try expansion.add(.matMul, a, operands[1])
    }
    return try expansion.scale(expansion.add(.matMul, operands[0], operands[1]), by: alpha)
  }
}
