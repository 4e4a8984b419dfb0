import ViTKernel

/// Kernels that go over float32 tensors element by element or row by row.
extension Lowering {
  /// A kernel for an operator of elements or rows; nil where the reference must do.
  func elementwise(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    guard isFloat(node) else { return nil }
    switch node.op {
    case .unary(let operation): return unary(node, operation)
    case .binary(let operation): return try binary(node, operation)
    case .softmax(let axis, let flattens): return try softmax(node, axis: axis, flattens: flattens)
    case .layerNormalization(let axis, let epsilon):
      return try layerNormalization(node, axis: axis, epsilon: epsilon)
    case .reduce(let operation, let axes, _, let noop):
      return try reduction(node, operation, axes: axes, emptyMeansNone: noop)
    default: return nil
    }
  }

  private func unary(_ node: OperatorNode, _ operation: UnaryOperation) -> LoweredNode? {
    let executor = executor
    return LoweredNode(name: "unary") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in try executor.unary(operation, x, into: y) }
    }
  }

  private func binary(
    _ node: OperatorNode, _ operation: BinaryOperation
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let (left, right) = (shape(node, input: 0), shape(node, input: 1))
    guard let plan = try supported({ () throws(KernelError) in try BroadcastPlan(left, right) })
    else { return nil }
    return LoweredNode(name: "binary") { binding throws(KernelError) in
      let (a, b) = (try binding.input(0), try binding.input(1))
      let y = try binding.output(0)
      return { () throws(KernelError) in
        try executor.binary(operation, a, b, plan: plan, into: y)
      }
    }
  }

  private func softmax(
    _ node: OperatorNode, axis: Int, flattens: Bool
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let shape = shape(node, input: 0)
    let axis = try ShapeRules.axis(axis, rank: shape.count)
    let outer = shape[..<axis].reduce(1, *)
    let length = flattens ? shape[axis...].reduce(1, *) : shape[axis]
    let inner = flattens ? 1 : shape[(axis + 1)...].reduce(1, *)
    return LoweredNode(name: "softmax") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in
        try executor.softmax(x, outer: outer, axis: length, inner: inner, into: y)
      }
    }
  }

  /// Nil where the statistics are asked for, or scale and bias do not cover the normalised axes.
  private func layerNormalization(
    _ node: OperatorNode, axis: Int, epsilon: Float
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let shape = shape(node, input: 0)
    let axis = try ShapeRules.axis(axis, rank: shape.count)
    let columns = shape[axis...].reduce(1, *)
    let parameters = [node.input(1), node.input(2)].compactMap(\.self)
    guard node.outputs.dropFirst().allSatisfy({ $0 == nil }), columns > 0,
      parameters.allSatisfy({ graph.shape($0).reduce(1, *) == columns })
    else { return nil }
    return LoweredNode(name: "layerNormalization") { binding throws(KernelError) in
      let (x, scale) = (try binding.input(0), flat(try binding.input(1)))
      let (bias, y) = (binding.optionalInput(2).map(flat), try binding.output(0))
      return { () throws(KernelError) in
        try executor.layerNorm(
          x, columns: columns, scale: scale, bias: bias, epsilon: epsilon, into: y)
      }
    }
  }

  /// Nil where the axes are not the last ones, or the operation is a rare one.
  private func reduction(
    _ node: OperatorNode, _ operation: ReduceOperation, axes: [Int]?, emptyMeansNone: Bool
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let shape = shape(node, input: 0)
    let reduced = try ShapeRules.reducedAxes(
      axes ?? graph.integers(node.input(1)), rank: shape.count, noopWithEmptyAxes: emptyMeansNone)
    let columns = reduced.map { shape[$0] }.reduce(1, *)
    guard [.mean, .sum, .max, .min].contains(operation), columns > 0, !reduced.isEmpty,
      reduced == Array(shape.indices.suffix(reduced.count))
    else { return nil }
    return LoweredNode(name: "reduce") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in
        try executor.reduceRows(operation, x, columns: columns, into: y)
      }
    }
  }
}
