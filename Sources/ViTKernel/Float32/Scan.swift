import CKernels

extension Executor {
  /// Running sums or products along one axis: ONNX CumSum-14 and CumProd-26.
  ///
  /// - Parameters:
  ///   - x: float32 of at least one dimension.
  ///   - axis: In `0..<rank`.
  ///   - output: float32 of the same count; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where axis or output do not fit.
  public func scan(
    _ operation: ScanOperation, _ x: Tensor, axis: Int, exclusive: Bool = false,
    reverse: Bool = false, into output: Tensor
  ) throws(KernelError) {
    let inner = try inner(x, axis)
    try output.requireWritableFloat("the result")
    try Tensor.requireFloats(output, count: x.count, "the result")
    guard x.count > 0 else { return }
    let arguments = vitq_f32_scan(
      multiplies: operation == .product, exclusive: exclusive, reverse: reverse,
      axis: x.shape[axis], inner: inner, x: x.floats, y: output.mutableFloats)
    parallel(
      x.count / x.shape[axis], grain: rowGrain(columns: x.shape[axis]), vitq_f32_scan_task,
      arguments)
  }

  /// The index of the largest or smallest element along one axis: ONNX ArgMax-13 and ArgMin-13.
  ///
  /// - Parameters:
  ///   - x: float32 of at least one dimension.
  ///   - axis: In `0..<rank`.
  ///   - selectLastIndex: Of equals the last, not the first.
  ///   - output: int64 with an element for each place of the other axes.
  /// - Throws: ``KernelError/invalid(_:)`` where axis or output do not fit.
  public func argReduce(
    _ operation: ArgReduceOperation, _ x: Tensor, axis: Int, selectLastIndex: Bool = false,
    into output: Tensor
  ) throws(KernelError) {
    let inner = try inner(x, axis)
    try require(
      output.elementType == .int64 && !output.storage.isReadOnly
        && output.count * x.shape[axis] == x.count,
      "indices along axis \(axis) of \(x.shape) into \(output.elementType) \(output.shape)")
    guard x.count > 0 else { return }
    let arguments = vitq_f32_arg(
      smallest: operation == .min, last: selectLastIndex, axis: x.shape[axis], inner: inner,
      x: x.floats, y: output.mutableBuffer(of: Int64.self).baseAddress)
    parallel(
      output.count, grain: rowGrain(columns: x.shape[axis]), vitq_f32_arg_task, arguments)
  }

  /// The distance of neighbours along `axis` of a float32 tensor.
  private func inner(_ x: Tensor, _ axis: Int) throws(KernelError) -> Int {
    try x.requireFloat("the operand")
    try require(x.shape.indices.contains(axis), "axis \(axis) of shape \(x.shape)")
    return x.shape[(axis + 1)...].reduce(1, *)
  }
}
