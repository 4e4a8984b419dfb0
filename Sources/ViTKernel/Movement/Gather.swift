import CKernels

extension Executor {
  /// Picks slices along an axis: ONNX Gather-13.
  ///
  /// - Parameters:
  ///   - data: Any element type, rank at least 1.
  ///   - indices: int32 or int64 of any shape, in `-n..<n` for an axis of n elements; negative ones
  ///     count from the end.
  ///   - axis: In `-rank..<rank`.
  ///   - output: `data`'s type; its shape is `data`'s with the axis replaced by `indices`' shape.
  /// - Throws: ``KernelError/invalid(_:)`` where an index is out of range or a tensor does not fit.
  public func gather(
    _ data: Tensor, indices: Tensor, axis: Int, into output: Tensor
  ) throws(KernelError) {
    let rank = data.shape.count
    try require(axis >= -rank && axis < rank, "axis \(axis) of Gather on shape \(data.shape)")
    let place = axis < 0 ? axis + rank : axis
    try require(
      indices.elementType == .int32 || indices.elementType == .int64,
      "Gather's indices must be int32 or int64, not \(indices.elementType)")
    let outer = data.shape[..<place].reduce(1, *)
    let inner = data.shape[(place + 1)...].reduce(1, *)
    try require(
      output.elementType == data.elementType && !output.storage.isReadOnly
        && output.count == outer * indices.count * inner,
      "Gather of \(indices.shape) along axis \(axis) of \(data.shape) into \(output.shape)")
    let indexSize = indices.elementType.byteCount
    let indexBytes = indices.bytes.baseAddress
    let bad = vitq_gather_first_bad(indexBytes, indexSize, indices.count, data.shape[place])
    try require(
      bad == indices.count,
      "Gather's index number \(bad) is out of range for axis \(axis) of \(data.shape)")
    guard output.count > 0 else { return }
    let run = inner * data.elementType.byteCount
    let arguments = vitq_gather(
      axis: data.shape[place], count: indices.count, run: run, indices: indexBytes,
      index_size: indexSize, source: data.bytes.baseAddress,
      destination: output.mutableBytes.baseAddress)
    parallel(outer * indices.count, grain: max(1, 65536 / run), vitq_gather_task, arguments)
  }
}
