import ViTKernel

/// Attributes of ONNX's Attention.
struct AttentionParameters: Sendable {
  /// Heads of Q, K and V of three dimensions.
  var heads: Int?
  var keyHeads: Int?
  /// Factor of the scores; nil for the reciprocal root of a head's size.
  var scale: Float?
  var softcap: Float = 0
  var isCausal = false
  var leftWindow: Int?
  var rightWindow: Int?
  /// Which scores the fourth result has.
  var scores = AttentionScores.products
}

extension AttentionParameters {
  /// The cache put before K and V, the mask made of all that hides keys, and attention.
  ///
  /// Inputs: Q, K, V, mask?, past K?, past V?, lengths of the keys?
  func expand(in expansion: inout Expansion) throws(KernelError) -> [ValueID?] {
    let query = try heads(expansion.input(0), heads, in: expansion)
    var key = try heads(expansion.input(1), keyHeads, in: expansion)
    var value = try heads(expansion.input(2), keyHeads, in: expansion)
    let isFlat = expansion.shape(query.id).count == 3
    guard (expansion.node.input(4) == nil) == (expansion.node.input(5) == nil),
      expansion.node.input(4) == nil || expansion.node.input(6) == nil,
      isFlat == (expansion.shape(key.id).count == 3),
      isFlat == (expansion.shape(value.id).count == 3)
    else { throw .invalid("Attention: inputs that exclude each other, or of several ranks") }
    var pastRows = 0
    if let past = expansion.node.input(4) {
      let shape = expansion.shape(past)
      guard shape.count == 4 else { throw .invalid("Attention: a cache of shape \(shape)") }
      pastRows = shape[2]
      key = try joined(past, key, in: &expansion)
      value = try joined(expansion.input(5), value, in: &expansion)
    }
    // Asked for without a cache, the new state is K and V as they are.
    if expansion.wants(1) { key = try separate(key, in: &expansion) }
    if expansion.wants(2) { value = try separate(value, in: &expansion) }
    var fusion = AttentionFusion(
      heads: query.view.shape[1],
      scale: scale ?? 1 / Float(max(query.view.shape[3], 1)).squareRoot(), query: query.view,
      key: key.view, value: value.view, headsFirst: !isFlat, undefinedRows: .zeroWhereMasked,
      softcap: softcap, scores: expansion.wants(3) ? scores : nil)
    let mask = try mask(query.view, key.view, pastRows: pastRows, in: &expansion)
    fusion.hasMask = mask != nil
    let results = try expansion.add(
      .fused(.attention(fusion)), [query.id, key.id, value.id] + (mask.map { [$0] } ?? []),
      outputs: expansion.wants(3) ? 2 : 1)
    return [
      results[0], expansion.wants(1) ? key.id : nil, expansion.wants(2) ? value.id : nil,
      results.count > 1 ? results[1] : nil,
    ]
  }

  private typealias Heads = (id: ValueID, view: StridedView)

  /// Q, K or V of [B, T, heads * size] or [B, heads, T, size].
  private func heads(
    _ id: ValueID, _ heads: Int?, in expansion: Expansion
  ) throws(KernelError) -> Heads {
    let shape = expansion.shape(id)
    if shape.count == 4 { return (id, StridedView(shape)) }
    guard shape.count == 3, let heads, heads > 0, shape[2] % heads == 0 else {
      throw .invalid("Attention of \(shape) with \(heads.map { "\($0)" } ?? "no number of") heads")
    }
    return (id, try StridedView.heads(shape, heads))
  }

  /// The value as [B, heads, T, size] of its own.
  private func separate(
    _ heads: Heads, in expansion: inout Expansion
  ) throws(KernelError) -> Heads {
    let shape = expansion.shape(heads.id)
    if shape.count == 4 { return heads }
    let (count, size) = (heads.view.shape[1], heads.view.shape[3])
    let split = try expansion.reshape(heads.id, to: [shape[0], shape[1], count, size])
    let id = try expansion.transpose(split, [0, 2, 1, 3])
    return (id, StridedView(expansion.shape(id)))
  }

  private func joined(
    _ past: ValueID, _ heads: Heads, in expansion: inout Expansion
  ) throws(KernelError) -> Heads {
    let present = try separate(heads, in: &expansion)
    let id = try expansion.add(.concat(axis: 2), past, present.id)
    return (id, StridedView(expansion.shape(id)))
  }

  /// What is added to the scores; nil for nothing.
  private func mask(
    _ query: StridedView, _ key: StridedView, pastRows: Int, in expansion: inout Expansion
  ) throws(KernelError) -> ValueID? {
    let (mask, lengths) = (expansion.node.input(3), expansion.node.input(6))
    let hidesKeys = isCausal || leftWindow != nil || rightWindow != nil || lengths != nil
    if let mask, !hidesKeys, expansion.graph[mask].type == .float32,
      expansion.shape(mask).last == key.shape[2]
    {
      return mask
    }
    guard mask != nil || hidesKeys else { return nil }
    let bias = AttentionBias(
      batch: query.shape[0], queryRows: query.shape[2], keyRows: key.shape[2], pastRows: pastRows,
      isCausal: isCausal, leftWindow: leftWindow, rightWindow: rightWindow)
    return try expansion.add(.transformer(.attentionBias(bias)), mask, lengths)
  }
}

extension StridedView {
  /// [B, T, heads * size] as [B, heads, T, size].
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where there are no such heads.
  static func heads(_ shape: [Int], _ heads: Int) throws(KernelError) -> StridedView {
    try StridedView(shape).heads(heads)
  }

  /// [B, T, heads * size] as [B, heads, T, size].
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where there are no such heads.
  func heads(_ count: Int) throws(KernelError) -> StridedView {
    guard shape.count == 3, count > 0, shape[2] % count == 0,
      let split = divided(axis: 2, by: count)
    else { throw .invalid("attention with \(count) heads of \(shape)") }
    return split.transposed([0, 2, 1, 3])
  }
}
