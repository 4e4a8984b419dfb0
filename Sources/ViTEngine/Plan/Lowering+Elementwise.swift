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
    case .variadic(let operation): return try variadic(node, operation)
    case .clip(let lowest, let highest): return clip(node, lowest, highest)
    default: return nil
    }
  }

  /// Operations one after the other over blocks of elements.
  func elements(_ node: OperatorNode, _ operations: [ElementOperation]) -> LoweredNode {
    let executor = executor
    return LoweredNode(name: "elements") { binding throws(KernelError) in
      var steps: [ElementStep] = []
      var position = 1
      for operation in operations {
        switch operation {
        case .unary(let operation): steps.append(.unary(operation))
        case .binary(let operation, let isReversed):
          steps.append(.binary(operation, try binding.input(position), isReversed: isReversed))
          position += 1
        case .fakeQuantize:
          steps.append(
            .fakeQuantize(
              scale: try binding.input(position), zeroPoint: try binding.input(position + 1)))
          position += 2
        }
      }
      let sequence = try ElementSequence(
        try binding.input(0), steps, into: try binding.output(0), for: executor)
      return { () throws(KernelError) in sequence.run() }
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

  /// Max, Min, Sum or Mean: the operands are added one by one to the first, broadcast.
  private func variadic(
    _ node: OperatorNode, _ operation: VariadicOperation
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let result = shape(node, output: 0)
    let shapes = node.inputs.indices.map { shape(node, input: $0) }
    let first = try supported { () throws(KernelError) in
      try StridedCopy(broadcasting: shapes[0], to: result)
    }
    var plans: [BroadcastPlan] = []
    for shape in shapes.dropFirst() {
      guard let plan = try supported({ () throws(KernelError) in try BroadcastPlan(result, shape) })
      else { return nil }
      plans.append(plan)
    }
    guard let first else { return nil }
    let steps = plans
    let step: BinaryOperation =
      switch operation {
      case .max: .max
      case .min: .min
      case .sum, .mean: .add
      }
    let factor = Tensor(scalar: 1 / Float(shapes.count))
    return LoweredNode(name: "variadic") { binding throws(KernelError) in
      var inputs: [Tensor] = []
      for position in node.inputs.indices { inputs.append(try binding.input(position)) }
      let (operands, y) = (inputs, try binding.output(0))
      return { () throws(KernelError) in
        try executor.copy(first, from: operands[0], into: y)
        for (plan, operand) in zip(steps, operands.dropFirst()) {
          try executor.binary(step, y, operand, plan: plan, into: y)
        }
        if operation == .mean { try executor.binary(.mul, y, factor, into: y) }
      }
    }
  }

  /// Nil where a bound is not one element.
  private func clip(_ node: OperatorNode, _ lowest: Tensor?, _ highest: Tensor?) -> LoweredNode? {
    let executor = executor
    guard [1, 2].allSatisfy({ shape(node, input: $0).reduce(1, *) == 1 }) else { return nil }
    return LoweredNode(name: "clip") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let bounds = (lowest ?? binding.optionalInput(1), highest ?? binding.optionalInput(2))
      return { () throws(KernelError) in
        try executor.clip(
          x, lowest: bound(bounds.0) ?? -.infinity, highest: bound(bounds.1) ?? .infinity, into: y)
      }
    }
  }

  /// A reduction of any float32 tensor; nil where the operation is a rare one, or there is nothing to
  /// reduce.
  func reduction(
    _ node: OperatorNode, _ operation: ReduceOperation, axes: [Int]?, emptyMeansNone: Bool
  ) throws(KernelError) -> LoweredNode? {
    guard node.input(0).map({ graph[$0].type == .float32 }) ?? false else { return nil }
    let executor = executor
    let shape = shape(node, input: 0)
    let reduced = try ShapeRules.reducedAxes(
      axes ?? graph.integers(node.input(1)), rank: shape.count, noopWithEmptyAxes: emptyMeansNone)
    let plan = try supported { () throws(KernelError) in
      try ReductionPlan(operation, shape: shape, axes: reduced)
    }
    guard let plan else { return nil }
    return LoweredNode(name: "reduce", workspaceBytes: plan.workspace) {
      binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.reduce(x, plan: plan, workspace: workspace, into: y)
      }
    }
  }
}

/// The number in `tensor`; nil where there is none, as a bound that is NaN does not bound.
private func bound(_ tensor: Tensor?) -> Float? {
  tensor?.elements(of: Float.self).first.flatMap { $0.isNaN ? nil : $0 }
}
