import CKernels

/// DynamicQuantizeLinear-11 and what it consists of.
extension Executor {
  /// Bytes of workspace that ``quantizationParameters(of:scale:zeroPoint:workspace:)`` and the
  /// operations on top of it need for `count` values.
  public static func dynamicQuantizeWorkspace(count: Int) -> Int {
    2 * MemoryLayout<Float>.size * blocks(count)
  }

  /// DynamicQuantizeLinear-11: quantizes float32 `x` to uint8 `q` by the range of all its values.
  ///
  /// Bit for bit what ONNX Runtime computes: a true division, a clamp, then rounding halves to even.
  /// NaN counts for nothing in the range and becomes 0.
  ///
  /// - Parameters:
  ///   - scale: One float32, written.
  ///   - zeroPoint: One uint8, written.
  ///   - workspace: At least ``dynamicQuantizeWorkspace(count:)`` bytes.
  public func dynamicQuantize(
    _ x: Tensor, into q: Tensor, scale: Tensor, zeroPoint: Tensor, workspace: Tensor
  ) throws(KernelError) {
    try require(q.elementType == .uint8, "DynamicQuantizeLinear gives uint8")
    try quantizationParameters(of: x, scale: scale, zeroPoint: zeroPoint, workspace: workspace)
    try quantizeLinear(x, scale: scale, zeroPoint: zeroPoint, into: q)
  }

  /// What remains of float32 `x` after DynamicQuantizeLinear-11 and DequantizeLinear: float32 `y`,
  /// which may be `x` itself. The parameters are written as by
  /// ``dynamicQuantize(_:into:scale:zeroPoint:workspace:)``.
  public func dynamicFakeQuantize(
    _ x: Tensor, into y: Tensor, scale: Tensor, zeroPoint: Tensor, workspace: Tensor
  ) throws(KernelError) {
    try quantizationParameters(of: x, scale: scale, zeroPoint: zeroPoint, workspace: workspace)
    try fakeQuantize(x, scale: scale, zeroPoint: zeroPoint, into: y)
  }

  /// The parameters that DynamicQuantizeLinear-11 gives `x`, without quantizing it.
  public func quantizationParameters(
    of x: Tensor, scale: Tensor, zeroPoint: Tensor, workspace: Tensor
  ) throws(KernelError) {
    try require(scale.elementType == .float32 && scale.count == 1, "scale must be one float32")
    try require(
      zeroPoint.elementType == .uint8 && zeroPoint.count == 1, "zero point must be one uint8")
    let range = try minimumMaximum(of: x, workspace: workspace)
    let parameters = DynamicQuantization(minimum: range.minimum, maximum: range.maximum)
    scale.mutableBuffer(of: Float.self)[0] = parameters.scale
    zeroPoint.mutableBuffer(of: UInt8.self)[0] = parameters.zeroPoint
  }

  /// The smallest and the largest of zero and the values of float32 `x` that are not NaN.
  ///
  /// - Parameter workspace: At least ``dynamicQuantizeWorkspace(count:)`` bytes.
  public func minimumMaximum(
    of x: Tensor, workspace: Tensor
  ) throws(KernelError) -> (minimum: Float, maximum: Float) {
    try require(x.elementType == .float32, "x must be float32, not \(x.elementType)")
    let blocks = Self.blocks(x.count)
    try require(
      workspace.byteCount >= Self.dynamicQuantizeWorkspace(count: x.count),
      "workspace of \(workspace.byteCount) bytes is too small")
    let ranges = workspace.mutableBytes.assumingMemoryBound(to: Float.self)
    parallel(
      blocks, grain: grain(blocks), kernels.int8.pointee.minimum_maximum,
      vitq_minimum_maximum(
        x: x.buffer(of: Float.self).baseAddress, count: x.count, span: Int(VITQ_INT8_BLOCK),
        ranges: ranges.baseAddress))
    var range: (minimum: Float, maximum: Float) = (0, 0)
    for block in 0..<blocks {
      range.minimum = min(range.minimum, ranges[2 * block])
      range.maximum = max(range.maximum, ranges[2 * block + 1])
    }
    return range
  }

  static func blocks(_ count: Int) -> Int {
    (count + Int(VITQ_INT8_BLOCK) - 1) / Int(VITQ_INT8_BLOCK)
  }

  /// Items in a piece of a loop of `count` that leave each thread a few pieces to choose from.
  func grain(_ count: Int) -> Int { max(1, count / (4 * pool.threadCount)) }
}
