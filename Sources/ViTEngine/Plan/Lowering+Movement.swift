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
    let padded = Array(repeating: 1, count: target.count - source.count) + source
    let strides = zip(padded, ShapeRules.strides(padded)).map { $0 == 1 ? 0 : $1 }
    let copy = try StridedCopy(
      dims: target, sourceStrides: strides, destinationStrides: ShapeRules.strides(target))
    return Move(input: 0, output: 0, copy: copy)
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
