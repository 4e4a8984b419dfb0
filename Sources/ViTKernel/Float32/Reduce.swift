import CKernels

extension Executor {
  /// Reduces rows: the trailing axes of a tensor, flattened.
  ///
  /// - Parameters:
  ///   - operation: `sum`, `mean`, `max`, `min`, `sumSquare` or `l2`.
  ///   - x: float32; its element count is a multiple of `columns`.
  ///   - columns: Elements of a row.
  ///   - output: float32 with an element for each row.
  /// - Throws: ``KernelError/unsupported(_:)`` for another operation;
  ///   ``KernelError/invalid(_:)`` where the counts do not fit together.
  public func reduceRows(
    _ operation: ReduceOperation, _ x: Tensor, columns: Int, into output: Tensor
  ) throws(KernelError) {
    let code = try operation.code
    try x.requireFloat("the operand")
    try output.requireWritableFloat("the reduction")
    try Tensor.requireFloats(x, count: output.count * columns, "the operand")
    let arguments = vitq_f32_reduce(
      operation: code, columns: columns, x: x.floats, y: output.mutableFloats)
    parallel(output.count, grain: rowGrain(columns: columns), float.reduce, arguments)
  }
}

extension ReduceOperation {
  var code: vitq_f32_reduction {
    get throws(KernelError) {
      switch self {
      case .sum: VITQ_REDUCE_SUM
      case .mean: VITQ_REDUCE_MEAN
      case .max: VITQ_REDUCE_MAX
      case .min: VITQ_REDUCE_MIN
      case .sumSquare: VITQ_REDUCE_SUM_SQUARE
      case .l2: VITQ_REDUCE_L2
      default: throw .unsupported("a parallel reduction by \(self)")
      }
    }
  }
}
