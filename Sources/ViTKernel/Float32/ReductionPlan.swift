import CKernels

/// A reduction over any axes as passes over rows: the last group of axes that are neighbours first.
public struct ReductionPlan: Sendable {
  /// A tensor seen as [outer, rows, columns], of which the rows are reduced.
  struct Pass: Sendable, Hashable {
    let outer: Int
    let rows: Int
    let columns: Int
  }

  let operation: ReduceOperation
  let passes: [Pass]

  /// The plan for a tensor of `shape`, without empty dimensions, reduced over `axes`, ascending.
  ///
  /// - Throws: ``KernelError/unsupported(_:)`` for another operation than Sum, Mean, Max and Min, or
  ///   SumSquare and L2 over the last axes.
  public init(
    _ operation: ReduceOperation, shape: [Int], axes: [Int]
  ) throws(KernelError) {
    guard !shape.contains(0), !axes.isEmpty else {
      throw .unsupported("a reduction of \(shape) over \(axes)")
    }
    // Runs of dimensions that are all reduced or all kept.
    var groups: [(size: Int, isReduced: Bool)] = []
    for (axis, dimension) in shape.enumerated() {
      let isReduced = axes.contains(axis)
      if let last = groups.last, last.isReduced == isReduced || dimension == 1 {
        groups[groups.count - 1].size *= dimension
      } else {
        groups.append((dimension, isReduced))
      }
    }
    var passes: [Pass] = []
    var columns = 1
    while let group = groups.popLast() {
      if group.isReduced {
        let outer = groups.reduce(1) { $0 * $1.size }
        passes.append(Pass(outer: outer, rows: group.size, columns: columns))
      } else {
        columns *= group.size
      }
    }
    // All reduced dimensions are of one element.
    if passes.isEmpty { passes = [Pass(outer: columns, rows: 1, columns: 1)] }
    switch operation {
    case .sum, .mean, .max, .min: break
    case .sumSquare, .l2:
      guard passes.count == 1, passes[0].columns == 1 else {
        throw .unsupported("a parallel reduction by \(operation) over \(axes) of \(shape)")
      }
    default: throw .unsupported("a parallel reduction by \(operation)")
    }
    self.operation = operation
    self.passes = passes
  }

  /// Bytes of scratch memory, for the results of all passes but the last.
  public var workspace: Int { offsets.last ?? 0 }

  /// Where the result of each pass but the last begins, and the end.
  var offsets: [Int] {
    passes.dropLast().reduce(into: [0]) { offsets, pass in
      let bytes = pass.outer * pass.columns * MemoryLayout<Float>.stride
      offsets.append(offsets[offsets.count - 1] + TensorStorage.aligned(bytes))
    }
  }
}

extension Executor {
  /// Reduces as `plan` says.
  ///
  /// - Parameters:
  ///   - x: float32 of the plan's shape.
  ///   - workspace: uint8, at least ``ReductionPlan/workspace`` bytes.
  ///   - output: float32 with an element for each place of the axes that are kept.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit the plan.
  public func reduce(
    _ x: Tensor, plan: ReductionPlan, workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    try require(
      workspace.byteCount >= plan.workspace,
      "a reduction's workspace has \(workspace.byteCount) bytes of \(plan.workspace)")
    var source = x
    for (number, pass) in plan.passes.enumerated() {
      let isLast = number == plan.passes.count - 1
      let target =
        isLast
        ? output
        : workspace.view(
          .float32, shape: [pass.outer * pass.columns], at: plan.offsets[number])
      try reduce(plan.operation, source, pass, into: target)
      source = target
    }
  }

  private func reduce(
    _ operation: ReduceOperation, _ x: Tensor, _ pass: ReductionPlan.Pass, into output: Tensor
  ) throws(KernelError) {
    if pass.columns == 1 {
      return try reduceRows(operation, x, columns: pass.rows, into: output)
    }
    try x.requireFloat("the operand")
    try output.requireWritableFloat("the reduction")
    try Tensor.requireFloats(x, count: output.count * pass.rows, "the operand")
    try Tensor.requireFloats(output, count: pass.outer * pass.columns, "the reduction")
    let arguments = vitq_f32_reduce_columns(
      operation: try operation.code, rows: pass.rows, columns: pass.columns, x: x.floats,
      y: output.mutableFloats)
    parallel(output.count, grain: rowGrain(columns: pass.rows), float.reduce_columns, arguments)
  }
}
