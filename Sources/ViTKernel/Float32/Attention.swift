import CKernels

/// Heads of Q, K or V within a tensor, each a matrix whose rows are runs of elements.
///
/// The rows may be longer than the heads, and the heads may begin within them: a buffer that holds
/// Q, K and V side by side is three such operands.
public struct AttentionOperand: Sendable {
  /// float32.
  public var tensor: Tensor
  /// Elements before the first head of the first row.
  public var offset: Int
  /// Distance from one row of a head to the next in elements.
  public var rowStride: Int
  /// Distance from one head to the next; nil where they lie side by side in a row.
  public var headStride: Int?
  /// Distance from one image to the next; nil where its rows follow the last image's.
  public var batchStride: Int?

  /// The heads from `offset` on in rows that are `rowStride` apart.
  public init(
    _ tensor: Tensor, offset: Int, rowStride: Int, headStride: Int? = nil, batchStride: Int? = nil
  ) {
    self.tensor = tensor
    self.offset = offset
    self.rowStride = rowStride
    self.headStride = headStride
    self.batchStride = batchStride
  }

  /// The heads that make up the last dimension of `tensor`.
  public init(_ tensor: Tensor) {
    self.init(tensor, offset: 0, rowStride: tensor.shape.last ?? 0)
  }

  /// The heads of a tensor [batch, heads, rows, size].
  public init(headsFirst tensor: Tensor) {
    let strides = ShapeRules.strides(tensor.shape)
    let isComplete = strides.count == 4
    self.init(
      tensor, offset: 0, rowStride: isComplete ? strides[2] : 0,
      headStride: isComplete ? strides[1] : 0, batchStride: isComplete ? strides[0] : 0)
  }
}

/// Sizes of scaled dot-product attention.
public struct AttentionShape: Sendable, Hashable {
  /// Images.
  public var batch: Int
  /// Heads of an image in Q and in the output.
  public var heads: Int
  /// Heads of an image in K and V, a divisor of ``heads``: each serves as many neighbouring heads of Q.
  public var keyHeads: Int
  /// Rows of Q: tokens that ask.
  public var queryRows: Int
  /// Rows of K and V: tokens that answer.
  public var keyRows: Int
  /// Elements of a head in Q and K.
  public var headSize: Int
  /// Elements of a head in V and in the output.
  public var valueSize: Int

  /// Sizes of scaled dot-product attention; without `keyHeads`, K and V have as many heads as Q.
  public init(
    batch: Int, heads: Int, keyHeads: Int? = nil, queryRows: Int, keyRows: Int, headSize: Int,
    valueSize: Int
  ) {
    self.batch = batch
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.queryRows = queryRows
    self.keyRows = keyRows
    self.headSize = headSize
    self.valueSize = valueSize
  }
}

/// What attention makes of a row for which softmax is NaN.
public enum UndefinedRows: Sendable, Hashable {
  /// NaN, as a softmax does.
  case nan
  /// 0 where all scores are -infinity, since the row sees no key: ONNX's Attention.
  case zeroWhereMasked
  /// 0, which exporters spell as IsNaN and Where.
  case zero
}

/// How attention's scores become weights, and how the output is laid out.
public struct AttentionOptions: Sendable, Hashable {
  /// Factor of the scores.
  public var scale: Float
  /// What becomes of a row without a softmax.
  public var undefinedRows: UndefinedRows
  /// The output is [batch, heads, queryRows, valueSize] instead of
  /// [batch, queryRows, heads * valueSize].
  public var headsFirst: Bool

  /// Options; by default, a softmax and rows of heads.
  public init(scale: Float, undefinedRows: UndefinedRows = .nan, headsFirst: Bool = false) {
    self.scale = scale
    self.undefinedRows = undefinedRows
    self.headsFirst = headsFirst
  }
}

extension Executor {
  /// Bytes of workspace that ``attention(_:_:query:key:value:mask:workspace:into:)`` needs.
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
  ///   - mask: Added to the scores: float32 [images, heads or 1, queryRows or 1, keyRows], where
  ///     leading dimensions of 1 may be absent; or nil. A batch of a multiple of `images` takes it
  ///     again and again, as the windows of several images do.
  ///   - workspace: uint8, at least ``attentionWorkspace(_:)`` bytes.
  ///   - output: float32, of the layout that `options` say; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit the sizes.
  public func attention(
    _ shape: AttentionShape, _ options: AttentionOptions, query: AttentionOperand,
    key: AttentionOperand, value: AttentionOperand, mask: Tensor? = nil, workspace: Tensor,
    into output: Tensor
  ) throws(KernelError) {
    let (heads, keyHeads) = (shape.heads, shape.keyHeads)
    try shape.check()
    try query.tensor.requireFloat("Q")
    try key.tensor.requireFloat("K")
    try value.tensor.requireFloat("V")
    try mask?.requireFloat("attention's mask")
    let q = try query.strides("Q", shape.batch, heads, shape.queryRows, shape.headSize)
    let k = try key.strides("K", shape.batch, keyHeads, shape.keyRows, shape.headSize)
    let v = try value.strides("V", shape.batch, keyHeads, shape.keyRows, shape.valueSize)
    let y = shape.outputStrides(headsFirst: options.headsFirst)
    try output.requireWritableFloat("attention's output")
    try Tensor.requireFloats(output, count: shape.batch * y.batch, "attention's output")
    try require(
      workspace.byteCount >= attentionWorkspace(shape) && !workspace.storage.isReadOnly,
      "attention's workspace has \(workspace.byteCount) bytes of \(attentionWorkspace(shape))")
    let maskStrides = try shape.maskStrides(mask)
    guard output.count > 0 else { return }
    let splits = attentionSplits(shape)
    let arguments = vitq_f32_attention(
      heads: heads, query_rows: shape.queryRows, key_rows: shape.keyRows,
      head_size: shape.headSize, value_size: shape.valueSize, group: heads / keyHeads,
      splits: splits, query: query.tensor.floats + query.offset,
      key: key.tensor.floats + key.offset, value: value.tensor.floats + value.offset,
      query_stride: q.row, key_stride: k.row, value_stride: v.row, output_stride: y.row,
      query_head_stride: q.head, key_head_stride: k.head, value_head_stride: v.head,
      output_head_stride: y.head, query_batch_stride: q.batch, key_batch_stride: k.batch,
      value_batch_stride: v.batch, output_batch_stride: y.batch, scale: options.scale,
      mask: mask?.floats, mask_batch_stride: maskStrides.batch, mask_head_stride: maskStrides.head,
      mask_row_stride: maskStrides.row, mask_batches: maskStrides.images,
      undefined_rows: options.undefinedRows.code, output: output.mutableFloats,
      scratch: workspace.mutableFloats)
    parallel(shape.batch * heads * splits, float.attention, arguments)
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

/// Distances in elements from one row, head and image to the next.
struct HeadStrides {
  let row: Int
  let head: Int
  let batch: Int

  /// Elements before a row, from the first one's on.
  func start(_ batch: Int, _ head: Int, _ row: Int) -> Int {
    batch * self.batch + head * self.head + row * self.row
  }
}

extension UndefinedRows {
  fileprivate var code: vitq_f32_undefined_rows {
    switch self {
    case .nan: VITQ_ROWS_NAN
    case .zeroWhereMasked: VITQ_ROWS_ZERO_WHERE_MASKED
    case .zero: VITQ_ROWS_ZERO
    }
  }
}

extension AttentionOperand {
  /// The operand's strides, checked to stay within the tensor.
  func strides(
    _ name: StaticString, _ batch: Int, _ heads: Int, _ rows: Int, _ size: Int
  ) throws(KernelError) -> HeadStrides {
    // What wraps around is refused below, with the rows.
    let strides = HeadStrides(
      row: rowStride, head: headStride ?? size, batch: batchStride ?? rows &* rowStride)
    try require(
      offset >= 0 && strides.row >= 0 && strides.head >= 0 && strides.batch >= 0,
      "\(name) with a negative offset or stride")
    if batch * heads * rows * size == 0 { return strides }
    // Without arrays: a run allocates nothing.
    var end = offset
    try Self.advance(&end, batch - 1, strides.batch)
    try Self.advance(&end, heads - 1, strides.head)
    try Self.advance(&end, rows - 1, strides.row)
    try require(
      end <= tensor.count - size && (rows == 1 || strides.row >= size),
      "\(name) of shape \(tensor.shape) does not hold \(heads) heads of \(rows) rows of \(size),"
        + " \(strides.row) apart from \(offset) on")
    return strides
  }

  /// Moves `end` by `count` strides.
  private static func advance(
    _ end: inout Int, _ count: Int, _ stride: Int
  ) throws(KernelError) {
    let (distance, overflows) = count.multipliedReportingOverflow(by: stride)
    let (next, passes) = end.addingReportingOverflow(distance)
    try require(!overflows && !passes, "strides that pass the largest offset")
    end = next
  }
}

extension AttentionShape {
  func check() throws(KernelError) {
    try require(
      keyHeads > 0 && heads % keyHeads == 0, "\(heads) heads of Q for \(keyHeads) of K and V")
  }

  /// The shape of the output.
  func outputShape(headsFirst: Bool) -> [Int] {
    headsFirst
      ? [batch, heads, queryRows, valueSize] : [batch, queryRows, heads * valueSize]
  }

  func outputStrides(headsFirst: Bool) -> HeadStrides {
    let row = headsFirst ? valueSize : heads * valueSize
    return HeadStrides(
      row: row, head: headsFirst ? queryRows * valueSize : valueSize,
      batch: queryRows * heads * valueSize)
  }

  func maskStrides(
    _ mask: Tensor?
  ) throws(KernelError) -> (images: Int, batch: Int, head: Int, row: Int) {
    guard let mask else { return (1, 0, 0, 0) }
    guard broadcastsMask(mask.shape) else {
      throw .invalid(
        "attention's mask \(mask.shape) does not broadcast to"
          + " \([batch, heads, queryRows, keyRows])")
    }
    let rank = mask.shape.count
    func dim(_ fromEnd: Int) -> Int { fromEnd < rank ? mask.shape[rank - 1 - fromEnd] : 1 }
    let head = dim(1) * keyRows
    return (
      images: max(dim(3), 1), batch: dim(3) == 1 ? 0 : dim(2) * head, head: dim(2) == 1 ? 0 : head,
      row: dim(1) == 1 ? 0 : keyRows
    )
  }

  /// True where the kernel can add a mask of `mask` to the scores.
  public func broadcastsMask(_ mask: [Int]) -> Bool {
    let rank = mask.count
    func dim(_ fromEnd: Int) -> Int { fromEnd < rank ? mask[rank - 1 - fromEnd] : 1 }
    return rank <= 4 && dim(0) == keyRows && [1, queryRows].contains(dim(1))
      && [1, heads].contains(dim(2)) && dim(3) >= 1 && batch % dim(3) == 0
  }
}
