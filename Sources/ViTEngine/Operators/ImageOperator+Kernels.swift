import ViTKernel

extension ImageOperator {
  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode? {
    switch self {
    case .depthToSpace(let block, let columnsFirst):
      return try lowering.depthToSpace(node, block: block, columnsFirst: columnsFirst)
    case .spaceToDepth(let block, let columnsFirst):
      return try lowering.spaceToDepth(node, block: block, columnsFirst: columnsFirst)
    default: break
    }
    guard lowering.isFloat(node), node.outputs.dropFirst().allSatisfy({ $0 == nil }) else {
      return nil
    }
    switch self {
    case .resize(let parameters), .scale(let parameters), .scaleBy(_, let parameters):
      return try resizing(node, parameters, in: lowering)
    case .pool(let operation, let parameters):
      return parameters.kernel.isEmpty
        ? lowering.globalPool(node, operation) : try lowering.pool(node, operation, parameters)
    case .batchNormalization(let epsilon):
      return lowering.batchNormalization(node, epsilon: epsilon)
    case .groupNormalization(let groups, let epsilon):
      return lowering.groupNormalization(node, groups: groups, epsilon: epsilon)
    default: return nil
    }
  }

  /// Nil where elements lie beyond the input, or the region is data.
  private func resizing(
    _ node: OperatorNode, _ parameters: ResizeParameters, in lowering: Lowering
  ) throws(KernelError) -> LoweredNode? {
    let executor = lowering.executor
    let shape = lowering.shape(node, input: 0)
    let operands = Operands(constantsOf: node, in: lowering.graph)
    let plan = try lowering.supported { () throws(KernelError) in
      try ResizePlan(
        shape, try geometry(shape, operands), region: region(operands), parameters)
    }
    guard let plan else { return nil }
    return LoweredNode(name: "resize", workspaceBytes: plan.workspace) {
      binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.resize(x, plan: plan, workspace: workspace, into: y)
      }
    }
  }
}

/// Kernels over images and channels.
extension Lowering {
  fileprivate func pool(
    _ node: OperatorNode, _ operation: PoolOperation, _ parameters: PoolParameters
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let shape = shape(node, input: 0)
    let plan = try supported { () throws(KernelError) in
      try PoolPlan(operation, shape, parameters, for: executor)
    }
    guard let plan else { return nil }
    return LoweredNode(name: "pool", workspaceBytes: plan.workspace) {
      binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.pool(x, plan: plan, workspace: workspace, into: y)
      }
    }
  }

  /// GlobalAveragePool and GlobalMaxPool: a reduction of each plane.
  fileprivate func globalPool(_ node: OperatorNode, _ operation: PoolOperation) -> LoweredNode? {
    let reduction: ReduceOperation
    switch operation {
    case .average: reduction = .mean
    case .max: reduction = .max
    case .lp: return nil
    }
    let columns = shape(node, input: 0).dropFirst(2).reduce(1, *)
    guard columns > 0 else { return nil }
    let executor = executor
    return LoweredNode(name: "globalPool") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in
        try executor.reduceRows(reduction, x, columns: columns, into: y)
      }
    }
  }

  /// Nil where the input has no channels, which the reference refuses or passes over.
  fileprivate func batchNormalization(_ node: OperatorNode, epsilon: Float) -> LoweredNode? {
    let executor = executor
    let shape = shape(node, input: 0)
    guard shape.count >= 2 else { return nil }
    return LoweredNode(
      name: "batchNormalization", workspaceBytes: Executor.channelWorkspace(shape[1])
    ) { binding throws(KernelError) in
      let (x, scale, bias) = (try binding.input(0), try binding.input(1), try binding.input(2))
      let (mean, variance) = (try binding.input(3), try binding.input(4))
      let (y, workspace) = (try binding.output(0), binding.workspace)
      return { () throws(KernelError) in
        try executor.batchNorm(
          x, scale: scale, bias: bias, mean: mean, variance: variance, epsilon: epsilon,
          workspace: workspace, into: y)
      }
    }
  }

  fileprivate func groupNormalization(
    _ node: OperatorNode, groups: Int?, epsilon: Float
  ) -> LoweredNode? {
    let executor = executor
    let shape = shape(node, input: 0)
    guard shape.count >= 2, shape[1] > 0 else { return nil }
    return LoweredNode(
      name: "groupNormalization", workspaceBytes: Executor.channelWorkspace(shape[1])
    ) { binding throws(KernelError) in
      let (x, scale, bias) = (try binding.input(0), try binding.input(1), try binding.input(2))
      let (y, workspace) = (try binding.output(0), binding.workspace)
      return { () throws(KernelError) in
        try executor.groupNorm(
          x, groups: groups ?? shape[1], scale: scale, bias: bias, epsilon: epsilon,
          workspace: workspace, into: y)
      }
    }
  }

  fileprivate func depthToSpace(
    _ node: OperatorNode, block: Int, columnsFirst: Bool
  ) throws(KernelError) -> LoweredNode? {
    let blocks = try ShapeRules.depthToSpaceBlocks(
      shape(node, input: 0), block: block, columnsFirst: columnsFirst)
    return try transposition(of: blocks.shape, blocks.order, name: "depthToSpace")
  }

  fileprivate func spaceToDepth(
    _ node: OperatorNode, block: Int, columnsFirst: Bool
  ) throws(KernelError) -> LoweredNode? {
    let blocks = try ShapeRules.spaceToDepthBlocks(
      shape(node, input: 0), block: block, columnsFirst: columnsFirst)
    return try transposition(of: blocks.shape, blocks.order, name: "spaceToDepth")
  }

  /// A transposition of the input under another shape.
  private func transposition(
    of shape: [Int], _ order: [Int], name: String
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let copy = try StridedCopy(transposing: shape, permutation: order)
    return LoweredNode(name: name) { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in try executor.copy(copy, from: x, into: y) }
    }
  }
}
