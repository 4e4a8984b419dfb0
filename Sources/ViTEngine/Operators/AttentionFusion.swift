import ViTKernel

/// Parameters of fused attention, `softmax(softcap(query key^T * scale) + mask) value` over heads.
struct AttentionFusion: Sendable {
  /// Heads of Q.
  var heads: Int
  var scale: Float
  var hasMask = false
  /// Where Q lies in its value, as [B, heads, T, size]; nil where its last dimension is the heads side
  /// by side.
  var query: StridedView?
  /// Where K lies.
  var key: StridedView?
  /// Where V lies.
  var value: StridedView?
  /// The result is [B, heads, T, size] instead of [B, T, heads * size].
  var headsFirst = false
  /// What becomes of a row without a softmax.
  var undefinedRows = UndefinedRows.nan
  /// Soft cap of the scores; 0 for none.
  var softcap: Float = 0
  /// Scores that are the second result.
  var scores: AttentionScores?

  var options: AttentionOptions {
    AttentionOptions(scale: scale, undefinedRows: undefinedRows, headsFirst: headsFirst)
  }

  /// Q, K and V of these shapes as [B, heads, T, size].
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where they have no such heads.
  func views(_ shapes: [[Int]]) throws(KernelError) -> [StridedView] {
    var views: [StridedView] = []
    for (given, shape) in zip([query, key, value], shapes) {
      if let given { views.append(given) } else { views.append(try .heads(shape, heads)) }
    }
    return views
  }

  /// The sizes for Q, K and V of these shapes.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where they do not fit together.
  func sizes(_ shapes: [[Int]]) throws(KernelError) -> AttentionShape {
    let views = try views(shapes).map(\.shape)
    let (q, k, v) = (views[0], views[1], views[2])
    guard q[0] == k[0], k.prefix(3) == v.prefix(3), q[3] == k[3], k[1] > 0, q[1] % k[1] == 0 else {
      throw .invalid("attention of \(q) to \(k) and \(v)")
    }
    return AttentionShape(
      batch: q[0], heads: q[1], keyHeads: k[1], queryRows: q[2], keyRows: k[2], headSize: q[3],
      valueSize: v[3])
  }

  /// Types and shapes of the results.
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    let shapes = [try inputs.shape(0), try inputs.shape(1), try inputs.shape(2)]
    let (type, sizes) = (try inputs.type(0), try sizes(shapes))
    if hasMask, !sizes.broadcastsMask(try inputs.shape(3)) {
      throw .invalid("attention's mask \(try inputs.shape(3)) for scores of \(sizes)")
    }
    let scores = [sizes.batch, sizes.heads, sizes.queryRows, sizes.keyRows]
    return [
      ResultType(type: type, shape: try ShapeRules.checked(sizes.outputShape(headsFirst))),
      ResultType(type: type, shape: self.scores == nil ? [0] : try ShapeRules.checked(scores)),
    ]
  }

  /// Computes it plainly.
  func evaluate(_ operands: Operands) throws(KernelError) -> [Tensor] {
    let tensors = [try operands.tensor(0), try operands.tensor(1), try operands.tensor(2)]
    let views = try views(tensors.map(\.shape))
    let result = try Reference.attention(
      try sizes(tensors.map(\.shape)), options, query: views[0].operand(tensors[0]),
      key: views[1].operand(tensors[1]), value: views[2].operand(tensors[2]),
      mask: hasMask ? try operands.tensor(3) : nil, softcap: softcap, scores: scores)
    return [result.output] + (result.scores.map { [$0] } ?? [])
  }
}

extension AttentionShape {
  /// The shape of the result.
  fileprivate func outputShape(_ headsFirst: Bool) -> [Int] {
    headsFirst
      ? [batch, heads, queryRows, valueSize] : [batch, queryRows, heads * valueSize]
  }
}

extension StridedView {
  /// True for heads [B, heads, T, size] that the attention kernel can read.
  var isHeads: Bool {
    let shape = shape
    guard shape.count == 4, let batch = stride(0), let head = stride(1), let row = stride(2),
      let element = stride(3)
    else { return false }
    return (element == 1 || shape[3] == 1) && (row >= shape[3] || shape[2] == 1) && head >= 0
      && batch >= 0
  }

  /// Heads [B, heads, T, size] of `tensor`.
  func operand(_ tensor: Tensor) -> AttentionOperand {
    AttentionOperand(
      tensor, offset: offset, rowStride: stride(2) ?? 0, headStride: stride(1) ?? 0,
      batchStride: stride(0) ?? 0)
  }
}
