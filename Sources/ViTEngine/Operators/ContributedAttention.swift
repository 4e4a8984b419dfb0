import ViTKernel

/// Attributes that com.microsoft's Attention and MultiHeadAttention share.
struct ContributedAttention: Sendable {
  var heads: Int
  /// Factor of the scores; nil for the reciprocal root of a head's size.
  var scale: Float?
  /// What the scores of padding are given.
  var filter: Float
  var isCausal: Bool
}

/// Attributes of com.microsoft's Attention.
struct PackedAttentionParameters: Sendable {
  var shared: ContributedAttention
  /// Columns of the weights for Q, K and V; nil for a third each.
  var widths: [Int]?
}

/// Attributes of com.microsoft's MultiHeadAttention.
struct MultiHeadParameters: Sendable {
  var shared: ContributedAttention
}

/// Q, K or V: a value, and where its heads lie in it.
private struct Heads {
  var id: ValueID
  var view: StridedView

  /// The last dimension of [B, T, heads * size].
  init(_ id: ValueID, _ count: Int, in expansion: Expansion) throws(KernelError) {
    self.id = id
    view = try .heads(expansion.shape(id), count)
  }

  init(_ id: ValueID, _ view: StridedView) {
    self.id = id
    self.view = view
  }

  /// As a value [B, heads, T, size], after those of a cache where there is one.
  func separate(after past: ValueID?, in expansion: inout Expansion) throws(KernelError) -> Heads {
    var result = id
    let shape = expansion.shape(id)
    if shape.count == 3 {
      let split = try expansion.reshape(
        id, to: [shape[0], shape[1], view.shape[1], view.shape[3]])
      result = try expansion.transpose(split, [0, 2, 1, 3])
    }
    if let past { result = try expansion.add(.concat(axis: 2), past, result) }
    return Heads(result, StridedView(expansion.shape(result)))
  }
}

extension ContributedAttention {
  /// Attention to keys of which `mask` hides some, with `bias` added to the scores.
  fileprivate func attend(
    _ query: Heads, _ key: Heads, _ value: Heads, mask: ValueID?, bias: ValueID?, pastRows: Int,
    in expansion: inout Expansion
  ) throws(KernelError) -> ValueID {
    var added = bias
    if mask != nil || isCausal {
      let padding = PaddingBias(
        batch: query.view.shape[0], queryRows: query.view.shape[2], keyRows: key.view.shape[2],
        pastRows: pastRows, isCausal: isCausal, filter: filter)
      let hidden = try expansion.add(.transformer(.paddingBias(padding)), mask)
      added =
        try bias.map { bias throws(KernelError) in
          try expansion.add(.binary(.add), bias, hidden)
        } ?? hidden
    }
    let fusion = AttentionFusion(
      heads: heads, scale: scale ?? 1 / Float(max(query.view.shape[3], 1)).squareRoot(),
      hasMask: added != nil, query: query.view, key: key.view, value: value.view)
    return try expansion.add(
      .fused(.attention(fusion)), [query.id, key.id, value.id] + (added.map { [$0] } ?? []))[0]
  }
}

extension PackedAttentionParameters {
  /// One product for Q, K and V, and attention over its columns.
  ///
  /// Inputs: x, weights, bias?, mask?, past?, bias of the scores?
  func expand(in expansion: inout Expansion) throws(KernelError) -> [ValueID?] {
    let (x, weights) = (try expansion.input(0), try expansion.input(1))
    guard expansion.shape(x).count == 3, expansion.shape(weights).count == 2 else {
      throw .invalid("Attention of \(expansion.shape(x)) by \(expansion.shape(weights))")
    }
    var joint = try expansion.add(.matMul, x, weights)
    if let bias = expansion.node.input(2) { joint = try expansion.add(.binary(.add), joint, bias) }
    let columns = expansion.shape(joint)[2]
    let widths = self.widths ?? [Int](repeating: columns / 3, count: 3)
    guard widths.count == 3,
      widths.allSatisfy({ $0 > 0 && $0 % shared.heads == 0 && $0 <= columns }),
      widths.reduce(0, +) == columns
    else { throw .invalid("Attention: \(widths) of \(columns) columns, \(shared.heads) heads") }
    let past = expansion.node.input(4)
    if past != nil || expansion.wants(1) {
      return try expand(joint, widths, past, in: &expansion)
    }
    var parts: [Heads] = []
    var start = 0
    for width in widths {
      guard
        let view = StridedView(expansion.shape(joint)).sliced(axis: 2, start: start, count: width)
      else { throw .invalid("Attention: \(widths) of \(columns) columns") }
      parts.append(Heads(joint, try view.heads(shared.heads)))
      start += width
    }
    let y = try shared.attend(
      parts[0], parts[1], parts[2], mask: expansion.node.input(3), bias: expansion.node.input(5),
      pastRows: 0, in: &expansion)
    return [y, nil]
  }

  /// The same with a cache [2, B, heads, T, size] of K and V.
  private func expand(
    _ joint: ValueID, _ widths: [Int], _ past: ValueID?, in expansion: inout Expansion
  ) throws(KernelError) -> [ValueID?] {
    let parts = try expansion.split(joint, widths)
    var pasts: [ValueID?] = [nil, nil]
    var pastRows = 0
    if let past {
      let shape = expansion.shape(past)
      guard shape.count == 5, shape[0] == 2 else {
        throw .invalid("Attention: a cache of shape \(shape)")
      }
      pastRows = shape[3]
      for place in 0..<2 {
        let index = expansion.constant(Tensor(scalar: Int64(place)))
        pasts[place] = try expansion.add(.gather(axis: 0), past, index)
      }
    }
    let query = try Heads(parts[0], shared.heads, in: expansion)
    let key = try Heads(parts[1], shared.heads, in: expansion)
      .separate(after: pasts[0], in: &expansion)
    let value = try Heads(parts[2], shared.heads, in: expansion)
      .separate(after: pasts[1], in: &expansion)
    let y = try shared.attend(
      query, key, value, mask: expansion.node.input(3), bias: expansion.node.input(5),
      pastRows: pastRows, in: &expansion)
    guard expansion.wants(1) else { return [y, nil] }
    let states = [
      try expansion.reshape(key.id, to: [1] + expansion.shape(key.id)),
      try expansion.reshape(value.id, to: [1] + expansion.shape(value.id)),
    ]
    return [y, try expansion.add(.concat(axis: 0), states[0], states[1])]
  }
}

extension MultiHeadParameters {
  /// Attention of projections that somebody else made, with their bias.
  ///
  /// Inputs: query, key?, value?, bias?, mask?, bias of the scores?, past key?, past value?
  func expand(in expansion: inout Expansion) throws(KernelError) -> [ValueID?] {
    guard !expansion.wants(3) else { throw .unsupported("MultiHeadAttention's scores as a result") }
    let operands = try operands(in: &expansion)
    var (key, value) = (operands[1], operands[2])
    let (pastKey, pastValue) = (expansion.node.input(6), expansion.node.input(7))
    guard (pastKey == nil) == (pastValue == nil) else {
      throw .invalid("MultiHeadAttention: a cache of K or V only")
    }
    var pastRows = 0
    if let pastKey {
      let shape = expansion.shape(pastKey)
      guard shape.count == 4 else { throw .invalid("MultiHeadAttention: a cache of \(shape)") }
      pastRows = shape[2]
    }
    if pastKey != nil || expansion.wants(1) || expansion.wants(2) {
      guard expansion.shape(key.id).count <= 4 else {
        throw .unsupported("MultiHeadAttention of joint operands with a cache")
      }
      key = try key.separate(after: pastKey, in: &expansion)
      value = try value.separate(after: pastValue, in: &expansion)
    }
    let y = try shared.attend(
      operands[0], key, value, mask: expansion.node.input(4), bias: expansion.node.input(5),
      pastRows: pastRows, in: &expansion)
    return [
      y, expansion.wants(1) ? key.id : nil, expansion.wants(2) ? value.id : nil,
    ]
  }

  private func operands(in expansion: inout Expansion) throws(KernelError) -> [Heads] {
    let query = try expansion.input(0)
    let bias = expansion.node.input(3)
    let keyShape = expansion.node.input(1).map { expansion.shape($0) } ?? []
    if expansion.shape(query).count == 5 || keyShape.count == 5 {
      guard bias == nil else { throw .unsupported("a bias of joint operands") }
      return try jointOperands(query, in: expansion)
    }
    let (key, value) = (try expansion.input(1), try expansion.input(2))
    var ids = [query, key, value]
    if let bias {
      let widths = ids.map { id in
        let shape = expansion.shape(id)
        return (shape.count == 4 ? shape[1] : 1) * (shape.last ?? 0)
      }
      guard expansion.shape(bias) == [widths.reduce(0, +)] else {
        throw .invalid("MultiHeadAttention: bias \(expansion.shape(bias)) for \(widths)")
      }
      let parts = try expansion.split(bias, widths)
      // K and V that are in heads already have theirs.
      for place in ids.indices where expansion.shape(ids[place]).count == 3 {
        ids[place] = try expansion.add(.binary(.add), ids[place], parts[place])
      }
    }
    var operands: [Heads] = []
    for id in ids {
      let shape = expansion.shape(id)
      operands.append(
        shape.count == 4
          ? Heads(id, StridedView(shape)) : try Heads(id, shared.heads, in: expansion))
    }
    return operands
  }

  /// Q, K and V [B, T, heads, 3, size], or K and V [B, T, heads, 2, size], in one value.
  private func jointOperands(
    _ query: ValueID, in expansion: Expansion
  ) throws(KernelError) -> [Heads] {
    let isWhole = expansion.shape(query).count == 5
    let joint = isWhole ? query : try expansion.input(1)
    let shape = expansion.shape(joint)
    let count = isWhole ? 3 : 2
    guard shape.count == 5, shape[2] == shared.heads, shape[3] == count else {
      throw .invalid("MultiHeadAttention with \(shared.heads) heads of \(shape)")
    }
    let parts = try (0..<count).map { place throws(KernelError) in
      guard
        let view = StridedView(shape).sliced(axis: 3, start: place, count: 1)?
          .reshaped([shape[0], shape[1], shape[2], shape[4]])
      else { throw .invalid("MultiHeadAttention of \(shape)") }
      return Heads(joint, view.transposed([0, 2, 1, 3]))
    }
    return isWhole ? parts : [try Heads(query, shared.heads, in: expansion)] + parts
  }
}
