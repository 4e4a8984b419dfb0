import CKernels

extension Executor {
  /// Normalizes rows: ONNX LayerNormalization-17 over the trailing dimensions.
  ///
  /// `output = (s - mean(s)) / sqrt(variance(s) + epsilon) * scale + bias` with
  /// `s = x + addend`, for each row of `columns` elements.
  ///
  /// - Parameters:
  ///   - x: float32; its element count is a multiple of `columns`.
  ///   - addend: float32 of the same count, added to `x` first, or nil.
  ///   - sum: Where `x + addend` is written as well, or nil; it may be `x` or `addend`.
  ///   - columns: Elements that are normalized together.
  ///   - scale: float32 [columns], or nil for 1.
  ///   - bias: float32 [columns], or nil for 0.
  ///   - meanIsZero: The mean is taken to be 0: RMSNormalization-23.
  ///   - output: float32 of the same count as `x`; may be `x` where there is no `sum`.
  /// - Throws: ``KernelError/invalid(_:)`` where counts or types do not fit together.
  public func layerNorm(
    _ x: Tensor, addend: Tensor? = nil, sum: Tensor? = nil, columns: Int, scale: Tensor?,
    bias: Tensor?, epsilon: Float, meanIsZero: Bool = false, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("LayerNorm's input")
    try output.requireWritableFloat("LayerNorm's output")
    try sum?.requireWritableFloat("LayerNorm's sum")
    try require(
      columns > 0 && x.count % columns == 0,
      "LayerNorm's input \(x.shape) has no rows of \(columns) elements")
    try Tensor.requireFloats(output, count: x.count, "LayerNorm's output")
    try Tensor.requireFloats(addend, count: x.count, "LayerNorm's addend")
    try Tensor.requireFloats(sum, count: x.count, "LayerNorm's sum")
    try Tensor.requireFloats(scale, count: columns, "LayerNorm's scale")
    try Tensor.requireFloats(bias, count: columns, "LayerNorm's bias")
    let arguments = vitq_f32_layer_norm(
      columns: columns, x: x.floats, addend: addend?.floats, sum: sum?.mutableFloats,
      scale: scale?.floats, bias: bias?.floats, epsilon: epsilon, mean_is_zero: meanIsZero,
      y: output.mutableFloats)
    let rows = x.count / columns
    parallel(rows, grain: rowGrain(columns: columns), float.layer_norm, arguments)
  }

  /// Rows of `columns` elements that are worth a thread.
  func rowGrain(columns: Int) -> Int { max(1, Self.elementGrain / max(columns, 1)) }

  /// Elements that are worth a thread, where each takes about a nanosecond.
  static var elementGrain: Int { 8192 }
}
