import CKernels

extension Executor {
  /// What a kernel on AVX2's `vpmaddubsw` makes of uint8 `a` [..., M, K] by int8 `b` [K, N], where
  /// nothing is done against its saturation: int32 `y` [..., M, N].
  ///
  /// Products of steps (0, 1), (2, 3), ... of K are added in int16 that saturates, and these sums in
  /// int32. A last step without a partner pairs with zero. This library's own products never
  /// saturate; this one says what others do. Every instruction set gives the same bits.
  ///
  /// - Parameter rowCounts: int64, an element for each row of `a`, written: how many of the row's
  ///   N * ceil(K / 2) pairs saturated.
  /// - Returns: how many pairs saturated in all rows.
  public func saturatingMatMul(
    _ a: Tensor, _ b: Tensor, into y: Tensor, rowCounts: Tensor
  ) throws(KernelError) -> Int {
    try require(a.elementType == .uint8, "A must be uint8, not \(a.elementType)")
    try require(b.elementType == .int8, "B must be int8, not \(b.elementType)")
    try require(b.shape.count == 2, "B has the shape \(b.shape), not [K, N]")
    let (depth, columns) = (b.shape[0], b.shape[1])
    try require(a.shape.last == depth, "A of shape \(a.shape) does not fit B's \(depth) rows")
    let rows = a.shape.dropLast().reduce(1, *)
    try require(
      y.elementType == .int32 && y.count == rows * columns,
      "result must be \(rows * columns) int32")
    try require(
      rowCounts.elementType == .int64 && rowCounts.count == rows, "counts must be \(rows) int64")
    let counts = rowCounts.mutableBuffer(of: Int64.self)
    parallel(
      rows, grain: grain(rows), kernels.int8.pointee.saturating_product,
      vitq_saturating_product(
        m: rows, n: columns, k: depth, a: a.buffer(of: UInt8.self).baseAddress,
        b: b.buffer(of: Int8.self).baseAddress, y: y.mutableBuffer(of: Int32.self).baseAddress,
        saturated: counts.baseAddress))
    return counts.reduce(0) { $0 + Int($1) }
  }
}
