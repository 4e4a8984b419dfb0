import CKernels

extension Executor {
  /// Reduces rows: the trailing axes of a tensor, flattened.
  ///
  /// - Parameters:
  ///   - operation: `sum`, `mean`, `max` or `min`.
  ///   - x: float32; its element count is a multiple of `columns`.
  ///   - columns: Elements of a row.
  ///   - output: float32 with an element for each row.
  /// - Throws: ``KernelError/unsupported(_:)`` for another operation;
  ///   ``KernelError/invalid(_:)`` where the counts do not fit together.
  public func reduceRows(
    _ operation: ReduceOperation, _ x: Tensor, columns: Int, into output: Tensor
  ) throws(KernelError) {
    let code: vitq_f32_reduction
    switch operation {
    case .sum: code = VITQ_REDUCE_SUM
    case .mean: code = VITQ_REDUCE_MEAN
    case .max: code = VITQ_REDUCE_MAX
    case .min: code = VITQ_REDUCE_MIN
    default: throw .unsupported("a parallel reduction by \(operation)")
    }
    try x.requireFloat("the operand")
    try output.requireWritableFloat("the reduction")
    try Tensor.requireFloats(x, count: output.count * columns, "the operand")
    let arguments = vitq_f32_reduce(
      operation: code, columns: columns, x: x.floats, y: output.mutableFloats)
    parallel(output.count, grain: rowGrain(columns: columns), float.reduce, arguments)
  }
}
