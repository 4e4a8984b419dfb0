import CKernels

extension Executor {
  /// Turns pairs of elements by the angle of their token's position: ONNX RotaryEmbedding-23.
  ///
  /// - Parameters:
  ///   - x: float32 of the layout that `shape` says.
  ///   - cosines: float32 [positions, rotated / 2]; one row for each token of the batch where
  ///     there are no `positions`.
  ///   - sines: Like `cosines`.
  ///   - positions: int64, one for each token of the batch, or a single one of the first token of
  ///     each image; or nil.
  ///   - output: float32 of the same count; may be `x`.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit the sizes, or a position is
  ///   not in the tables.
  public func rotaryEmbedding(
    _ shape: RotaryShape, _ x: Tensor, cosines: Tensor, sines: Tensor, positions: Tensor?,
    into output: Tensor
  ) throws(KernelError) {
    let width = shape.heads * shape.headSize
    let items = shape.batch * shape.rows
    try x.requireFloat("RotaryEmbedding's input")
    try output.requireWritableFloat("RotaryEmbedding's output")
    try Tensor.requireFloats(x, count: items * width, "RotaryEmbedding's input")
    try Tensor.requireFloats(output, count: x.count, "RotaryEmbedding's output")
    try Tensor.requireFloats(sines, count: cosines.count, "RotaryEmbedding's sines")
    try cosines.requireFloat("RotaryEmbedding's cosines")
    try shape.check(positions, entries: cosines.count)
    guard x.count > 0 else { return }
    let places = positions?.bytes.assumingMemoryBound(to: Int64.self).baseAddress
    let arguments = vitq_f32_rotary(
      rows: shape.rows, heads: shape.heads, head_size: shape.headSize, rotated: shape.rotated,
      interleaved: shape.interleaved, batch_stride: shape.rows * width,
      row_stride: shape.headsFirst ? shape.headSize : width,
      head_stride: shape.headsFirst ? shape.rows * shape.headSize : shape.headSize, x: x.floats,
      cosines: cosines.floats, sines: sines.floats, positions: places,
      has_position_of_each: (positions?.count ?? 0) == items, y: output.mutableFloats)
    parallel(items, grain: rowGrain(columns: width), vitq_f32_rotary_task, arguments)
  }
}
