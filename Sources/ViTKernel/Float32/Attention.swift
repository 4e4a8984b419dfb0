import CKernels

/// Heads that lie side by side in the rows of a tensor [batch, rows, ...].
///
/// The rows may be longer than the heads, and the heads may begin within them: a buffer that holds
/// Q, K and V side by side is three such operands.
public struct AttentionOperand: Sendable {
  /// float32.
  public var tensor: Tensor
  /// Elements before the first head of the first row.
  public var offset: Int
  /// Distance from one row to the next in elements.
  public var rowStride: Int

  /// The heads from `offset` on in rows that are `rowStride` apart.
  public init(_ tensor: Tensor, offset: Int, rowStride: Int) {
    self.tensor = tensor
    self.offset = offset
    self.rowStride = rowStride
  }

  /// The heads that make up the last dimension of `tensor`.
  public init(_ tensor: Tensor) {
    self.init(tensor, offset: 0, rowStride: tensor.shape.last ?? 0)
  }
}

/// Sizes of scaled dot-product attention.
public struct AttentionShape: Sendable, Hashable {
  /// Images.
  public var batch: Int
  /// Heads of an image.
  public var heads: Int
  /// Rows of Q: tokens that ask.
  public var queryRows: Int
  /// Rows of K and V: tokens that answer.
  public var keyRows: Int
  /// Elements of a head in Q and K.
  public var headSize: Int
  /// Elements of a head in V and in the output.
  public var valueSize: Int

  /// Sizes of scaled dot-product attention.
  public init(
    batch: Int, heads: Int, queryRows: Int, keyRows: Int, headSize: Int, valueSize: Int
  ) {
    self.batch = batch
    self.heads = heads
    self.queryRows = queryRows
    self.keyRows = keyRows
    self.headSize = headSize
    self.valueSize = valueSize
  }
}

extension Executor {
  /// Bytes of workspace that ``attention(_:query:key:value:scale:mask:workspace:into:)`` needs.
  public func attentionWorkspace(_ shape: AttentionShape) -> Int {
    let floats = vitq_f32_attention_scratch(
      kernels.float, shape.keyRows, shape.headSize, shape.valueSize)
    return pool.threadCount * floats * MemoryLayout<Float>.stride
  }

  /// `output = softmax(Q K' * scale + mask) V` for each head of each image.
  ///
  /// - Parameters:
  ///   - query: Q, heads of `headSize`.
  ///   - key: K, heads of `headSize`.
  ///   - value: V, heads of `valueSize`.
  ///   - scale: Factor of the scores.
  ///   - mask: Added to the scores: float32 [batch or 1, heads or 1, queryRows or 1, keyRows],
  ///     where leading dimensions of 1 may be absent; or nil.
  ///   - workspace: uint8, at least ``attentionWorkspace(_:)`` bytes.
  ///   - output: float32 [batch, queryRows, heads * valueSize]; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit the sizes.
  public func attention(
    _ shape: AttentionShape, query: AttentionOperand, key: AttentionOperand,
    value: AttentionOperand, scale: Float, mask: Tensor? = nil, workspace: Tensor,
    into output: Tensor
  ) throws(KernelError) {
    let batch = shape.batch
    let queryWidth = shape.heads * shape.headSize
    let valueWidth = shape.heads * shape.valueSize
    try query.require("Q", batch: batch, rows: shape.queryRows, width: queryWidth)
    try key.require("K", batch: batch, rows: shape.keyRows, width: queryWidth)
    try value.require("V", batch: batch, rows: shape.keyRows, width: valueWidth)
    try output.requireWritableFloat("attention's output")
    try Tensor.requireFloats(
      output, count: batch * shape.queryRows * valueWidth, "attention's output")
    try require(
      workspace.byteCount >= attentionWorkspace(shape) && !workspace.storage.isReadOnly,
      "attention's workspace has \(workspace.byteCount) bytes of \(attentionWorkspace(shape))")
    let maskStrides = try shape.maskStrides(mask)
    guard output.count > 0 else { return }
    let splits = attentionSplits(shape)
    let arguments = vitq_f32_attention(
      heads: shape.heads, query_rows: shape.queryRows, key_rows: shape.keyRows,
      head_size: shape.headSize, value_size: shape.valueSize, splits: splits,
      query: query.tensor.floats + query.offset, key: key.tensor.floats + key.offset,
      value: value.tensor.floats + value.offset, query_stride: query.rowStride,
      key_stride: key.rowStride, value_stride: value.rowStride, output_stride: valueWidth,
      query_batch_stride: shape.queryRows * query.rowStride,
      key_batch_stride: shape.keyRows * key.rowStride,
      value_batch_stride: shape.keyRows * value.rowStride,
      output_batch_stride: shape.queryRows * valueWidth, scale: scale, mask: mask?.floats,
      mask_batch_stride: maskStrides.batch, mask_head_stride: maskStrides.head,
      mask_row_stride: maskStrides.row, output: output.mutableFloats,
      scratch: workspace.mutableFloats)
    parallel(batch * shape.heads * splits, float.attention, arguments)
  }

  /// Into how many pieces the rows of Q are cut: none where the heads alone keep all threads busy,
  /// because each piece packs its head's K and V again.
  private func attentionSplits(_ shape: AttentionShape) -> Int {
    let heads = shape.batch * shape.heads
    if heads % pool.threadCount == 0 { return 1 }
    let smallest = 48
    return max(1, min(3 * pool.threadCount / heads, shape.queryRows / smallest))
  }
}

extension AttentionOperand {
  fileprivate func require(
    _ name: StaticString, batch: Int, rows: Int, width: Int
  ) throws(KernelError) {
    try tensor.requireFloat(name)
    let count = batch * rows
    let last = count == 0 ? 0 : offset + (count - 1) * rowStride + width
    try ViTKernel.require(
      offset >= 0 && rowStride >= width && last <= tensor.count,
      "\(name) of shape \(tensor.shape) does not hold \(count) rows of \(width), \(rowStride) apart"
        + " from \(offset) on")
  }
}

extension AttentionShape {
  fileprivate func maskStrides(
    _ mask: Tensor?
  ) throws(KernelError) -> (batch: Int, head: Int, row: Int) {
    guard let mask else { return (0, 0, 0) }
    try mask.requireFloat("attention's mask")
    let rank = mask.shape.count
    func dim(_ fromEnd: Int) -> Int { fromEnd < rank ? mask.shape[rank - 1 - fromEnd] : 1 }
    try require(
      rank <= 4 && dim(0) == keyRows && [1, queryRows].contains(dim(1))
        && [1, heads].contains(dim(2)) && [1, batch].contains(dim(3)),
      "attention's mask \(mask.shape) does not broadcast to"
        + " \([batch, heads, queryRows, keyRows])")
    let head = dim(1) * keyRows
    return (
      batch: dim(3) == 1 ? 0 : dim(2) * head, head: dim(2) == 1 ? 0 : head,
      row: dim(1) == 1 ? 0 : keyRows
    )
  }
}
