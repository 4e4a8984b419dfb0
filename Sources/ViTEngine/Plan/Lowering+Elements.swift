import ViTKernel

/// Kernels over elements of several types: choices, comparisons and casts.
extension Lowering {
  /// A kernel for such an operator; nil where the reference must do.
  func elements(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    switch node.op {
    case .select: return try select(node)
    case .comparison(let comparison): return try compare(node, comparison)
    case .cast, .castLike: return cast(node)
    case .narrow(let type, _, _): return round(node, to: type)
    default: return nil
    }
  }

  private func grid(_ node: OperatorNode, operands: Int) throws(KernelError) -> BroadcastGrid? {
    let shapes = (0..<operands).map { shape(node, input: $0) }
    return try supported { () throws(KernelError) in try BroadcastGrid(shapes) }
  }

  private func select(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    let executor = executor
    guard type(node.input(0)) == .bool, type(node.input(1)) == type(node.input(2)),
      let grid = try grid(node, operands: 3)
    else { return nil }
    return LoweredNode(name: "select") { binding throws(KernelError) in
      let (condition, y) = (try binding.input(0), try binding.output(0))
      let (a, b) = (try binding.input(1), try binding.input(2))
      return { () throws(KernelError) in
        try executor.select(condition, a, b, grid: grid, into: y)
      }
    }
  }

  /// Nil for types without a loop, and for an order of bools, which the reference refuses.
  private func compare(
    _ node: OperatorNode, _ comparison: Comparison
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    guard let element = type(node.input(0)), element == type(node.input(1)),
      Executor.hasElementKernels(for: element), element != .bool || comparison == .equal,
      let grid = try grid(node, operands: 2)
    else { return nil }
    return LoweredNode(name: "compare") { binding throws(KernelError) in
      let (a, b) = (try binding.input(0), try binding.input(1))
      let y = try binding.output(0)
      return { () throws(KernelError) in
        try executor.compare(comparison, a, b, grid: grid, into: y)
      }
    }
  }

  private func cast(_ node: OperatorNode) -> LoweredNode? {
    let executor = executor
    let types = [type(node.input(0)), type(node.outputs[0])].compactMap(\.self)
    guard types.count == 2, types.allSatisfy({ Executor.hasElementKernels(for: $0) }) else {
      return nil
    }
    return LoweredNode(name: "cast") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in try executor.cast(x, into: y) }
    }
  }

  private func round(_ node: OperatorNode, to target: ElementType) -> LoweredNode? {
    let executor = executor
    guard type(node.input(0)) == .float32, [.float16, .bfloat16].contains(target) else {
      return nil
    }
    return LoweredNode(name: "round") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in try executor.round(x, to: target, into: y) }
    }
  }
}
