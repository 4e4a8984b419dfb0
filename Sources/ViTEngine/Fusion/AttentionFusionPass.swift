import ViTKernel

/// Scaled dot-product attention over heads, as exports spell it out: heads split off by Reshape and
/// Transpose, `softmax(Q K^T * scale + mask) V`, heads joined again (Vaswani et al., 2017).
enum AttentionFusionPass {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), case .softmax(let axis, flattens: _) = node.op,
        let x = node.input(0), rewriter.graph.shape(x).count == 4, axis == 3 || axis == -1
      else { continue }
      match(softmax: index, node, in: &rewriter)
    }
  }

  private static func match(
    softmax index: Int, _ softmax: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard var scores = Scores(softmax.input(0), in: rewriter),
      let weighted = rewriter.next(softmax.outputs[0]), case .matMul = weighted.node.op,
      weighted.node.input(0) == softmax.outputs[0],
      let value = Heads(weighted.node.input(1), permutation: [0, 2, 1, 3], in: rewriter),
      let joined = rewriter.next(weighted.node.outputs[0]),
      case .transpose(permutation: [0, 2, 1, 3]?) = joined.node.op,
      let flat = rewriter.next(joined.node.outputs[0]), case .reshape = flat.node.op,
      let output = flat.node.outputs[0],
      let query = Heads(scores.query, permutation: [0, 2, 1, 3], in: rewriter),
      let key = Heads(keyOf: scores.key, in: rewriter)
    else { return }
    scores.scale *= query.scale * key.scale
    let shape = rewriter.graph.shape(output)
    guard query.heads == key.heads, query.heads == value.heads, shape.count == 3,
      shape == [
        rewriter.graph.shape(query.source)[0], rewriter.graph.shape(query.source)[1],
        rewriter.graph.shape(value.source)[2],
      ],
      rewriter.graph.shape(key.source)[0] == shape[0],
      rewriter.graph.shape(value.source)[0] == shape[0]
    else { return }
    let nodes =
      scores.nodes + query.nodes + key.nodes + value.nodes
      + [index, weighted.index, joined.index, flat.index]
    let fusion = AttentionFusion(
      heads: query.heads, scale: scores.scale, hasMask: scores.mask != nil)
    rewriter.fuse(
      nodes, last: flat.index, into: .fused(.attention(fusion)),
      inputs: [query.source, key.source, value.source] + (scores.mask.map { [$0] } ?? []))
  }

  /// What goes into the softmax: a product, its scale, a mask.
  private struct Scores {
    var query: ValueID?
    var key: ValueID?
    var mask: ValueID?
    var scale: Float = 1
    var nodes: [Int] = []

    init?(_ id: ValueID?, in rewriter: GraphRewriter) {
      var current = id
      while let (index, node) = rewriter.previous(current) {
        nodes.append(index)
        switch node.op {
        case .matMul:
          query = node.input(0)
          key = node.input(1)
          return
        case .binary(.add):
          guard mask == nil, scale == 1, let left = node.input(0), let right = node.input(1) else {
            return nil
          }
          let leftIsScores = AttentionFusionPass.isProduct(left, in: rewriter)
          mask = leftIsScores ? right : left
          guard let mask, rewriter.graph.shape(mask).count == 4 else { return nil }
          current = leftIsScores ? left : right
        case .binary(.mul), .binary(.div):
          guard let (factor, rest) = AttentionFusionPass.scaling(node, in: rewriter) else {
            return nil
          }
          scale *= factor
          current = rest
        default: return nil
        }
      }
      return nil
    }
  }

  /// One operand of attention: heads split off the last axis of `source`.
  private struct Heads {
    let source: ValueID
    let heads: Int
    var scale: Float = 1
    var nodes: [Int] = []

    /// `id` as Transpose(Reshape(source)) with `permutation`, perhaps scaled after it.
    init?(_ id: ValueID?, permutation: [Int], in rewriter: GraphRewriter) {
      var current = id
      if let scaled = rewriter.previous(current),
        let (factor, rest) = AttentionFusionPass.scaling(scaled.node, in: rewriter)
      {
        scale = factor
        nodes.append(scaled.index)
        current = rest
      }
      guard let transposed = rewriter.previous(current),
        case .transpose(permutation: permutation?) = transposed.node.op,
        let split = rewriter.previous(transposed.node.input(0)), case .reshape = split.node.op,
        let source = split.node.input(0), let result = split.node.outputs[0]
      else { return nil }
      let before = rewriter.graph.shape(source)
      let after = rewriter.graph.shape(result)
      guard before.count == 3, after.count == 4, Array(after.prefix(2)) == Array(before.prefix(2)),
        rewriter.graph[source].type == .float32
      else { return nil }
      self.source = source
      heads = after[2]
      nodes += [transposed.index, split.index]
    }

    /// The key, transposed in one step or in two.
    init?(keyOf id: ValueID?, in rewriter: GraphRewriter) {
      if let direct = Heads(id, permutation: [0, 2, 3, 1], in: rewriter) {
        self = direct
        return
      }
      var current = id
      var factor: Float = 1
      var extra: [Int] = []
      if let scaled = rewriter.previous(current),
        let (value, rest) = AttentionFusionPass.scaling(scaled.node, in: rewriter)
      {
        factor = value
        extra.append(scaled.index)
        current = rest
      }
      guard let swapped = rewriter.previous(current),
        case .transpose(permutation: [0, 1, 3, 2]?) = swapped.node.op,
        var heads = Heads(swapped.node.input(0), permutation: [0, 2, 1, 3], in: rewriter)
      else { return nil }
      heads.scale *= factor
      heads.nodes += extra + [swapped.index]
      self = heads
    }
  }

  private static func isProduct(_ id: ValueID, in rewriter: GraphRewriter) -> Bool {
    guard let (_, node) = rewriter.previous(id) else { return false }
    switch node.op {
    case .matMul: return true
    case .binary(.mul), .binary(.div):
      return scaling(node, in: rewriter).map { isProduct($0.1, in: rewriter) } ?? false
    default: return false
    }
  }

  /// The factor and the other operand of a Mul or Div by a constant scalar.
  private static func scaling(
    _ node: OperatorNode, in rewriter: GraphRewriter
  ) -> (Float, ValueID)? {
    switch node.op {
    case .binary(.mul):
      for position in 0..<2 {
        if let factor = rewriter.graph.scalar(node.input(position)),
          let rest = node.input(1 - position)
        {
          return (factor, rest)
        }
      }
      return nil
    case .binary(.div):
      guard let divisor = rewriter.graph.scalar(node.input(1)), let rest = node.input(0) else {
        return nil
      }
      return (1 / divisor, rest)
    default: return nil
    }
  }
}
