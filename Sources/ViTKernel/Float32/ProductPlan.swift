/// How a product of two float32 tensors is done: its batches, transpositions and factors.
///
/// Made once for a pair of shapes, so that a run has nothing left to work out.
public struct ProductPlan: Sendable {
  /// Shape of the result.
  public let shape: [Int]
  let aShape: [Int]
  let bShape: [Int]
  let cShape: [Int]?
  let rows: Int
  let columns: Int
  /// Length of the sums.
  public let depth: Int
  let parameters: GemmParameters
  let batches: Int
  let batchRank: Int
  let batchDims: InlineArray<8, Int>
  // In matrices, not in elements.
  let aBatchStrides: InlineArray<8, Int>
  let bBatchStrides: InlineArray<8, Int>
  let broadcastC: StridedCopy?

  /// ONNX MatMul-13, which is NumPy's `matmul`: leading dimensions broadcast, and an operand of one
  /// dimension is a row on the left and a column on the right, which the result does not have.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the shapes do not fit together;
  ///   ``KernelError/unsupported(_:)`` where more than 8 batch dimensions are left after merging.
  public init(matMul a: [Int], _ b: [Int]) throws(KernelError) {
    try require(!a.isEmpty && !b.isEmpty, "MatMul of a scalar: shapes \(a) and \(b)")
    let left = a.count == 1 ? [1] + a : a
    let right = b.count == 1 ? b + [1] : b
    depth = left[left.count - 1]
    rows = left[left.count - 2]
    columns = right[right.count - 1]
    try require(
      right[right.count - 2] == depth, "shapes \(a) and \(b) can't be multiplied as matrices")
    let batch = try BroadcastPlan(Array(left.dropLast(2)), Array(right.dropLast(2)))
    shape =
      batch.shape + (a.count == 1 ? [] : [rows]) + (b.count == 1 ? [] : [columns])
    aShape = a
    bShape = b
    cShape = nil
    parameters = GemmParameters()
    batches = batch.shape.reduce(1, *)
    batchRank = batch.rank
    batchDims = batch.dims
    aBatchStrides = batch.aStrides
    bBatchStrides = batch.bStrides
    broadcastC = nil
  }

  /// ONNX Gemm-13: `alpha * A' * B' + beta * C`, C broadcasting to the product.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the shapes do not fit together.
  public init(
    gemm a: [Int], _ b: [Int], c: [Int]?, parameters: GemmParameters
  ) throws(KernelError) {
    try require(a.count == 2 && b.count == 2, "Gemm of shapes \(a) and \(b), not of two matrices")
    rows = a[parameters.transposeA ? 1 : 0]
    depth = a[parameters.transposeA ? 0 : 1]
    columns = b[parameters.transposeB ? 0 : 1]
    try require(
      b[parameters.transposeB ? 1 : 0] == depth,
      "shapes \(a) and \(b) can't be multiplied as Gemm's attributes say")
    shape = [rows, columns]
    aShape = a
    bShape = b
    cShape = c
    self.parameters = parameters
    batches = 1
    batchRank = 1
    batchDims = InlineArray(repeating: 1)
    aBatchStrides = InlineArray(repeating: 0)
    bBatchStrides = InlineArray(repeating: 0)
    broadcastC =
      if let c { try Self.broadcast(c, rows: rows, columns: columns) } else { nil }
  }

  private static func broadcast(
    _ c: [Int], rows: Int, columns: Int
  ) throws(KernelError) -> StridedCopy {
    let across = c.last ?? 1
    let down = c.count > 1 ? c[c.count - 2] : 1
    try require(
      c.count <= 2 && [1, columns].contains(across) && [1, rows].contains(down),
      "Gemm's C of shape \(c) does not broadcast to \([rows, columns])")
    return try StridedCopy(
      dims: [rows, columns], sourceStrides: [down == 1 ? 0 : across, across == 1 ? 0 : 1],
      destinationStrides: [columns, 1])
  }
}
