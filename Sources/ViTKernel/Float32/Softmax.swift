import CKernels

extension Executor {
  /// `output = softmax(x * scale)` along one axis: ONNX Softmax-13.
  ///
  /// A row that holds NaN or +infinity, or only -infinity, becomes NaN as in ONNX Runtime.
  ///
  /// - Parameters:
  ///   - x: float32 of any shape.
  ///   - axis: The axis whose elements add up to 1, in `-rank..<rank`.
  ///   - scale: Factor of the elements before the exponential.
  ///   - output: float32 of the same count; may be `x`.
  /// - Throws: ``KernelError/invalid(_:)`` where the axis or the output does not fit.
  public func softmax(
    _ x: Tensor, axis: Int, scale: Float = 1, into output: Tensor
  ) throws(KernelError) {
    let rank = x.shape.count
    try require(axis >= -rank && axis < rank, "axis \(axis) of Softmax on shape \(x.shape)")
    let place = axis < 0 ? axis + rank : axis
    try softmax(
      x, outer: x.shape[..<place].reduce(1, *), axis: x.shape[place],
      inner: x.shape[(place + 1)...].reduce(1, *), scale: scale, into: output)
  }

  /// `output = softmax(x * scale)` along the middle dimension of [outer, axis, inner].
  ///
  /// ONNX Softmax before opset 13 flattens its input to [outer, axis]; this serves both.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the counts do not fit together.
  public func softmax(
    _ x: Tensor, outer: Int, axis: Int, inner: Int, scale: Float = 1, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("Softmax's input")
    try output.requireWritableFloat("Softmax's output")
    try Tensor.requireFloats(x, count: outer * axis * inner, "Softmax's input")
    try Tensor.requireFloats(output, count: x.count, "Softmax's output")
    guard x.count > 0 else { return }
    let arguments = vitq_f32_softmax(
      axis: axis, inner: inner, x: x.floats, scale: scale, y: output.mutableFloats)
    parallel(outer * inner, grain: rowGrain(columns: axis), float.softmax, arguments)
  }
}
