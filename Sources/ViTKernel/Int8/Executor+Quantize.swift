import CKernels

/// QuantizeLinear and DequantizeLinear between float32 and bytes.
extension Executor {
  /// QuantizeLinear-10 and later: float32 `x` to int8 or uint8 `q` of the same shape.
  ///
  /// - Parameters:
  ///   - scale: float32: one, or one for each index along `axis`.
  ///   - zeroPoint: Of `q`'s type and the scale's count; nil stands for zero.
  ///   - axis: From `-rank` to `rank - 1`; without effect where there is one scale.
  public func quantizeLinear(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor?, axis: Int = 1, into q: Tensor
  ) throws(KernelError) {
    try require(x.elementType == .float32, "x must be float32, not \(x.elementType)")
    try requireBytes(q, "y")
    let spans = try Spans(x.shape, into: q, of: q.elementType, scale, zeroPoint, axis)
    run(kernels.int8.pointee.quantize, spans, x, scale, zeroPoint, q.elementType, q)
  }

  /// DequantizeLinear-10 and later: int8 or uint8 `x` to float32 `y` of the same shape.
  ///
  /// The parameters are those of ``quantizeLinear(_:scale:zeroPoint:axis:into:)``, and the zero
  /// point has the type of `x`.
  public func dequantizeLinear(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor?, axis: Int = 1, into y: Tensor
  ) throws(KernelError) {
    try requireBytes(x, "x")
    try require(y.elementType == .float32, "y must be float32, not \(y.elementType)")
    let spans = try Spans(x.shape, into: y, of: x.elementType, scale, zeroPoint, axis)
    run(kernels.int8.pointee.dequantize, spans, x, scale, zeroPoint, x.elementType, y)
  }

  /// QuantizeLinear and DequantizeLinear in one pass: float32 `x` to float32 `y`, which may be `x`
  /// itself. Quantizes to the zero point's type, or to uint8 where there is none.
  public func fakeQuantize(
    _ x: Tensor, scale: Tensor, zeroPoint: Tensor?, axis: Int = 1, into y: Tensor
  ) throws(KernelError) {
    try require(x.elementType == .float32, "x must be float32, not \(x.elementType)")
    try require(y.elementType == .float32, "y must be float32, not \(y.elementType)")
    let type = zeroPoint?.elementType ?? .uint8
    try require(type.isByte, "zero point must be int8 or uint8, not \(type)")
    let spans = try Spans(x.shape, into: y, of: type, scale, zeroPoint, axis)
    run(kernels.int8.pointee.fake_quantize, spans, x, scale, zeroPoint, type, y)
  }

  private func run(
    _ task: vitq_task, _ spans: Spans, _ x: Tensor, _ scale: Tensor, _ zeroPoint: Tensor?,
    _ type: ElementType, _ y: Tensor
  ) {
    parallel(
      spans.spans, grain: grain(spans.spans), task,
      vitq_quantization(
        count: x.count, span: spans.length, axis: spans.axis, step: spans.axis == 1 ? 0 : 1,
        x: x.bytes.baseAddress, y: y.mutableBytes.baseAddress,
        scale: scale.buffer(of: Float.self).baseAddress, zero: zeroPoint?.bytePointer,
        is_signed: type == .int8))
  }
}

/// How a tensor falls into stretches of one scale each.
private struct Spans {
  var length = Int(VITQ_INT8_BLOCK)
  var spans: Int
  var axis = 1

  init(
    _ shape: [Int], into y: Tensor, of type: ElementType, _ scale: Tensor, _ zeroPoint: Tensor?,
    _ axis: Int
  ) throws(KernelError) {
    let count = shape.reduce(1, *)
    try require(y.count == count, "result of \(y.count) elements for \(count)")
    try require(scale.elementType == .float32, "scale must be float32, not \(scale.elementType)")
    try requireZeroPoint(zeroPoint, of: type, count: scale.count, "the values")
    try require(
      zeroPoint == nil || zeroPoint?.count == scale.count,
      "zero point and scale must have the same shape")
    spans = Executor.blocks(count)
    if scale.count == 1 { return }
    let index = axis < 0 ? axis + shape.count : axis
    try require(
      shape.indices.contains(index), "axis \(axis) is out of range for the shape \(shape)")
    try require(
      scale.count == shape[index],
      "\(scale.count) scales for the \(shape[index]) indices along axis \(axis)")
    self.axis = shape[index]
    length = shape[(index + 1)...].reduce(1, *)
    spans = length == 0 ? 0 : count / length
  }
}
