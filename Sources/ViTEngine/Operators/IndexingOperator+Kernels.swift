import ViTKernel

extension IndexingOperator {
  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode? {
    switch self {
    case .gatherElements, .gatherND, .scatterElements, .scatterND:
      return indexed(node, lowering)
    case .argReduce, .scan: return try scanned(node, lowering)
    case .einsum(let equation): return try product(node, equation, lowering)
    default: return nil
    }
  }

  /// Nil for more dimensions than the kernels have, and for reductions of other types than float32.
  private func indexed(_ node: OperatorNode, _ lowering: Lowering) -> LoweredNode? {
    let executor = lowering.executor
    let ranks = node.inputs.indices.map { lowering.shape(node, input: $0).count }
    guard ranks.allSatisfy({ $0 <= 8 }), hasKernel(for: node, lowering) else { return nil }
    let op = self
    return LoweredNode(name: "index") { binding throws(KernelError) in
      let (data, indices) = (try binding.input(0), try binding.input(1))
      let (updates, y) = (binding.optionalInput(2), try binding.output(0))
      return { () throws(KernelError) in
        try op.index(data, indices, updates, executor, into: y)
      }
    }
  }

  private func hasKernel(for node: OperatorNode, _ lowering: Lowering) -> Bool {
    switch self {
    case .scatterElements(_, let reduction), .scatterND(let reduction):
      reduction == .none || lowering.type(node.input(0)) == .float32
    default: true
    }
  }

  private func index(
    _ data: Tensor, _ indices: Tensor, _ updates: Tensor?, _ executor: Executor, into y: Tensor
  ) throws(KernelError) {
    switch self {
    case .gatherElements(let axis):
      try executor.gatherElements(data, indices: indices, axis: axis, into: y)
    case .gatherND(let batchDims):
      try executor.gatherND(data, indices: indices, batchDims: batchDims, into: y)
    case .scatterElements(let axis, let reduction):
      guard let updates else { throw .invalid("input 2 is missing") }
      try executor.scatterElements(
        data, indices: indices, updates: updates, axis: axis, reduction: reduction, into: y)
    case .scatterND(let reduction):
      guard let updates else { throw .invalid("input 2 is missing") }
      try executor.scatterND(
        data, indices: indices, updates: updates, reduction: reduction, into: y)
    default: break
    }
  }

  /// Scans and positions of extremes of float32; a scan's axis must be constant.
  private func scanned(
    _ node: OperatorNode, _ lowering: Lowering
  ) throws(KernelError) -> LoweredNode? {
    let executor = lowering.executor
    let rank = lowering.shape(node, input: 0).count
    guard lowering.type(node.input(0)) == .float32 else { return nil }
    switch self {
    case .argReduce(let operation, let axis, _, let selectLast):
      let axis = try ShapeRules.axis(axis, rank: rank)
      return LoweredNode(name: "argReduce") { binding throws(KernelError) in
        let (x, y) = (try binding.input(0), try binding.output(0))
        return { () throws(KernelError) in
          try executor.argReduce(
            operation, x, axis: axis, selectLastIndex: selectLast, into: y)
        }
      }
    case .scan(let operation, let exclusive, let reverse):
      guard let values = lowering.graph.integers(node.input(1)) else { return nil }
      let axis = try ShapeRules.axis(try Self.axis(values), rank: rank)
      return LoweredNode(name: "scan") { binding throws(KernelError) in
        let (x, y) = (try binding.input(0), try binding.output(0))
        return { () throws(KernelError) in
          try executor.scan(
            operation, x, axis: axis, exclusive: exclusive, reverse: reverse, into: y)
        }
      }
    default: return nil
    }
  }

  /// Einsum of two float32 operands where it is a product of matrices.
  private func product(
    _ node: OperatorNode, _ equation: EinsumEquation, _ lowering: Lowering
  ) throws(KernelError) -> LoweredNode? {
    let executor = lowering.executor
    guard node.inputs.count == 2, lowering.isFloat(node),
      let einsum = try EinsumProduct(
        equation, lowering.shape(node, input: 0), lowering.shape(node, input: 1))
    else { return nil }
    return LoweredNode(
      name: "einsum", workspaceBytes: einsum.workspace,
      work: lowering.work(node, depth: einsum.plan.depth, .float32)
    ) { binding throws(KernelError) in
      let (a, b) = (try binding.input(0), try binding.input(1))
      let (y, workspace) = (try binding.output(0), binding.workspace)
      return { () throws(KernelError) in
        try executor.einsum(a, b, einsum, workspace: workspace, into: y)
      }
    }
  }
}
