import ViTKernel

/// Kernels that copy elements to other places.
extension Lowering {
  /// A copy that an operator amounts to: which input, which output, and where the elements go.
  private struct Move {
    let input: Int
    let output: Int
    let copy: StridedCopy
  }

  /// A kernel for an operator that moves elements; nil where the reference must do.
  func movement(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    try supported { () throws(KernelError) in try copying(node) } ?? nil
  }

  /// Nil where the value is not one element, which the reference refuses.
  func fill(_ node: OperatorNode, with value: Tensor) -> LoweredNode? {
    guard value.count == 1 else { return nil }
    return LoweredNode(name: "fill") { binding throws(KernelError) in
      let target = try binding.output(0)
      return { () throws(KernelError) in target.fill(with: value) }
    }
  }

  private func copying(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    switch node.op {
    case .transpose(let permutation):
      let shape = shape(node, input: 0)
      let order = try ShapeRules.permutation(permutation, rank: shape.count)
      let copy = try StridedCopy(transposing: shape, permutation: order)
      return moving([Move(input: 0, output: 0, copy: copy)], name: "transpose")
    case .concat(let axis): return moving(try concat(node, axis: axis), name: "concat")
    case .split(let axis, _, _): return moving(try split(node, axis: axis), name: "split")
    case .slice(let bounds): return moving([try slice(node, bounds)], name: "slice")
    case .expand: return moving([try expand(node)], name: "expand")
    case .gather(let axis): return gather(node, axis: axis)
    case .tile: return moving([try tile(node)], name: "tile")
    case .pad(let mode, let amounts): return try pad(node, mode, amounts)
    default: return nil
    }
  }

  private func moving(_ moves: [Move], name: String) -> LoweredNode {
    let executor = executor
    return LoweredNode(name: name) { binding throws(KernelError) in
      var copies: [(source: Tensor, target: Tensor, plan: StridedCopy)] = []
      for move in moves {
        guard let target = binding.optionalOutput(move.output) else { continue }
        copies.append((try binding.input(move.input), target, move.copy))
      }
      let bound = copies
      return { () throws(KernelError) in
        for copy in bound { try executor.copy(copy.plan, from: copy.source, into: copy.target) }
      }
    }
  }

  private func concat(_ node: OperatorNode, axis: Int) throws(KernelError) -> [Move] {
    let result = shape(node, output: 0)
    let axis = try ShapeRules.axis(axis, rank: result.count)
    let strides = ShapeRules.strides(result)
    var moves: [Move] = []
    var start = 0
    for position in node.inputs.indices {
      let part = shape(node, input: position)
      let copy = try StridedCopy(
        dims: part, sourceStrides: ShapeRules.strides(part), destinationStrides: strides,
        destinationOffset: start * strides[axis])
      moves.append(Move(input: position, output: 0, copy: copy))
      start += part[axis]
    }
    return moves
  }

  private func split(_ node: OperatorNode, axis: Int) throws(KernelError) -> [Move] {
    let whole = shape(node, input: 0)
    let axis = try ShapeRules.axis(axis, rank: whole.count)
    let strides = ShapeRules.strides(whole)
    var moves: [Move] = []
    var start = 0
    for position in node.outputs.indices {
      let part = shape(node, output: position)
      let copy = try StridedCopy(
        dims: part, sourceStrides: strides, sourceOffset: start * strides[axis],
        destinationStrides: ShapeRules.strides(part))
      moves.append(Move(input: 0, output: position, copy: copy))
      start += part[axis]
    }
    return moves
  }

  private func slice(_ node: OperatorNode, _ bounds: SliceBounds?) throws(KernelError) -> Move {
    let window = try node.op.sliceWindow(NodeInputs(node: node, graph: graph), bounds)
    let strides = ShapeRules.strides(shape(node, input: 0))
    // A window without elements may start anywhere.
    let isEmpty = window.shape.contains(0)
    let offset = isEmpty ? 0 : zip(window.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let copy = try StridedCopy(
      dims: window.shape, sourceStrides: zip(window.steps, strides).map { $0 * $1 },
      sourceOffset: offset, destinationStrides: ShapeRules.strides(window.shape))
    return Move(input: 0, output: 0, copy: copy)
  }

  private func expand(_ node: OperatorNode) throws(KernelError) -> Move {
    let (source, target) = (shape(node, input: 0), shape(node, output: 0))
    return Move(input: 0, output: 0, copy: try StridedCopy(broadcasting: source, to: target))
  }

  /// Each dimension as one of repeats and one of elements.
  private func tile(_ node: OperatorNode) throws(KernelError) -> Move {
    let (source, target) = (shape(node, input: 0), shape(node, output: 0))
    let strides = ShapeRules.strides(source)
    let dims = zip(source, target).flatMap { [$0 == 0 ? 0 : $1 / $0, $0] }
    let copy = try StridedCopy(
      dims: dims, sourceStrides: strides.flatMap { [0, $0] },
      destinationStrides: ShapeRules.strides(dims))
    return Move(input: 0, output: 0, copy: copy)
  }

  private func pad(
    _ node: OperatorNode, _ mode: PadMode, _ amounts: PadAmounts?
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let type = node.input(0).flatMap { graph[$0].type } ?? .float32
    let filler = amounts.map { Reference.cast($0.value, to: type) }
    guard shape(node, input: 2).reduce(1, *) == 1,
      node.input(2).map({ graph[$0].type == type }) ?? true,
      let pads = amounts?.pads ?? graph.integers(node.input(1))
    else { return nil }
    let plan = try PadPlan(
      shape(node, input: 0), pads: pads, axes: graph.integers(node.input(3)), mode: mode)
    return LoweredNode(name: "pad") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let value = filler ?? binding.optionalInput(2) ?? Tensor(type, shape: [])
      return { () throws(KernelError) in try executor.pad(x, plan: plan, value: value, into: y) }
    }
  }

  private func gather(_ node: OperatorNode, axis: Int) -> LoweredNode {
    let executor = executor
    return LoweredNode(name: "gather") { binding throws(KernelError) in
      let (data, indices) = (try binding.input(0), try binding.input(1))
      let y = try binding.output(0)
      return { () throws(KernelError) in
        try executor.gather(data, indices: indices, axis: axis, into: y)
      }
    }
  }
}
