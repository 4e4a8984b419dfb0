import ViTKernel

/// Scaled dot-product attention over heads, `softmax(Q K^T * scale + mask) V` (Vaswani et al., 2017),
/// as exports spell it out.
///
/// Q, K and V are read where they lie: operators that only pick and rearrange what a projection gave
/// become distances in memory. So does the Transpose that joins the heads again.
enum AttentionFusionPass {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index) else { continue }
      switch node.op {
      case .softmax(let axis, let flattens):
        let rank = node.input(0).map { rewriter.graph.shape($0).count } ?? 0
        guard rank == 4 || rank == 3, axis == rank - 1 || (axis == -1 && !flattens) else {
          continue
        }
        match(softmax: index, node, in: &rewriter)
      case .fused(.attention(let fusion)): widen(index, node, fusion, in: &rewriter)
      default: continue
      }
    }
  }

  /// Lets attention that is a node of its own read and write what is rearranged before and after it.
  private static func widen(
    _ index: Int, _ node: OperatorNode, _ fusion: AttentionFusion, in rewriter: inout GraphRewriter
  ) {
    let isWhole = zip([fusion.query, fusion.key, fusion.value], node.inputs).allSatisfy {
      view, id in
      view == id.map { StridedView(rewriter.graph.shape($0)) }
    }
    guard isWhole, fusion.headsFirst, fusion.scores == nil,
      let result = AttentionResult((index, node), in: rewriter),
      let query = HeadsMatch(node.input(0), result, in: rewriter),
      let key = HeadsMatch(node.input(1), result, in: rewriter),
      let value = HeadsMatch(node.input(2), result, in: rewriter), value.scale == 1
    else { return }
    var widened = fusion
    (widened.query, widened.key, widened.value) = (query.view, key.view, value.view)
    widened.scale *= query.scale * key.scale
    widened.headsFirst = result.headsFirst
    let core = Set([index] + result.nodes)
    let inputs = [query.source, key.source, value.source] + node.inputs.dropFirst(3)
    let views = rewriter.closed(
      query.nodes + key.nodes + value.nodes, around: core, inputs: inputs.compactMap(\.self))
    rewriter.fuse(
      Array(core.union(views)), last: result.last, into: .fused(.attention(widened)),
      inputs: inputs)
  }

  private static func match(
    softmax index: Int, _ softmax: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard let scores = AttentionScoresMatch(softmax.input(0), in: rewriter),
      let weights = AttentionWeights(index, softmax, in: rewriter),
      let weighted = rewriter.next(weights.id), case .matMul = weighted.node.op,
      weighted.node.input(0) == weights.id,
      let result = AttentionResult(weighted, in: rewriter),
      let query = HeadsMatch(scores.query, result, in: rewriter),
      let key = HeadsMatch(scores.key, result, isTransposed: true, in: rewriter),
      let value = HeadsMatch(weighted.node.input(1), result, in: rewriter)
    else { return }
    var fusion = AttentionFusion(
      heads: query.view.shape[1], scale: scores.scale * query.scale * key.scale, query: query.view,
      key: key.view, value: value.view, headsFirst: result.headsFirst)
    // V's factor is none of the scores'.
    guard value.scale == 1, let sizes = try? fusion.sizes([[], [], []]),
      let mask = AttentionMask(scores.masks, sizes, in: &rewriter)
    else { return }
    fusion.hasMask = mask.id != nil
    fusion.undefinedRows = weights.undefinedRows
    let core = Set(scores.nodes + weights.nodes + [weighted.index] + result.nodes)
    let inputs = [query.source, key.source, value.source] + (mask.id.map { [$0] } ?? [])
    let views = rewriter.closed(
      query.nodes + key.nodes + value.nodes, around: core, inputs: inputs)
    rewriter.fuse(
      Array(core.union(views)), last: result.last, into: .fused(.attention(fusion)), inputs: inputs)
  }
}

/// The softmax, and a Where that makes zeros of its NaNs.
private struct AttentionWeights {
  var id: ValueID
  var nodes: [Int]
  var undefinedRows = UndefinedRows.nan

  init?(_ index: Int, _ softmax: OperatorNode, in rewriter: GraphRewriter) {
    guard let weights = softmax.outputs[0] else { return nil }
    (id, nodes) = (weights, [index])
    let readers = rewriter.consumers(of: weights)
    let isNaN = readers.first { reader in
      if case .predicate(.isNaN)? = rewriter.node(reader)?.op { true } else { false }
    }
    guard readers.count == 2, let isNaN, let question = rewriter.node(isNaN),
      let choice = rewriter.next(question.outputs[0]), case .select = choice.node.op,
      choice.node.input(0) == question.outputs[0], choice.node.input(2) == weights,
      rewriter.graph.scalar(choice.node.input(1)) == 0, let chosen = choice.node.outputs[0]
    else { return }
    id = chosen
    nodes += [isNaN, choice.index]
    undefinedRows = .zero
  }
}

/// What becomes of the weighted sum of the values.
private struct AttentionResult {
  /// [B, heads], where the heads are a dimension of their own only after the sum.
  var split: [Int]?
  var headsFirst = true
  var nodes: [Int] = []
  var last: Int

  /// The nodes after the sum that only join heads again.
  init?(_ sum: (index: Int, node: OperatorNode), in rewriter: GraphRewriter) {
    last = sum.index
    var current = sum
    guard let output = sum.node.outputs[0] else { return nil }
    let shape = rewriter.graph.shape(output)
    if shape.count == 3 {
      guard let parts = rewriter.next(output), case .reshape = parts.node.op,
        let target = parts.node.outputs[0], rewriter.graph.shape(target).count == 4,
        rewriter.graph.shape(target).suffix(2).elementsEqual(shape.suffix(2)),
        let swap = rewriter.next(target),
        case .transpose(permutation: [0, 2, 1, 3]?) = swap.node.op
      else { return }
      split = Array(rewriter.graph.shape(target).prefix(2))
      take(parts.index)
      current = parts
    }
    guard let joined = rewriter.next(current.node.outputs[0]),
      case .transpose(permutation: [0, 2, 1, 3]?) = joined.node.op
    else { return }
    headsFirst = false
    take(joined.index)
    // A view costs nothing; it is taken along to be listed with the rest.
    if let flat = rewriter.next(joined.node.outputs[0]), case .reshape = flat.node.op {
      take(flat.index)
    }
  }

  private mutating func take(_ index: Int) {
    nodes.append(index)
    last = index
  }

  /// Heads [B, heads, T, size] as they are after the sum; nil where they can't be seen so.
  func heads(_ view: StridedView) -> StridedView? {
    if let split { return view.reshaped(split + view.shape.suffix(2)) }
    if view.shape.count == 4 { return view }
    return view.reshaped([view.shape[0], 1] + view.shape.suffix(2))
  }
}

/// Q, K or V.
private struct HeadsMatch {
  let source: ValueID
  let view: StridedView
  let scale: Float
  /// The nodes that only pick and rearrange.
  let nodes: [Int]

  /// - Parameter isTransposed: `id` is the transposed matrix of each head.
  init?(
    _ id: ValueID?, _ result: AttentionResult, isTransposed: Bool = false,
    in rewriter: GraphRewriter
  ) {
    guard let id else { return nil }
    let chain = MovementChain(endingAt: id, in: rewriter)
    for steps in chain.lengths {
      guard var view = chain.view(steps, in: rewriter.graph) else { continue }
      let rank = view.shape.count
      if isTransposed { view = view.transposed(Array(0..<rank - 2) + [rank - 1, rank - 2]) }
      guard let heads = result.heads(view), heads.isHeads,
        rewriter.graph[chain.source(steps)].type == .float32
      else { continue }
      source = chain.source(steps)
      self.view = heads
      scale = chain.scale(steps)
      nodes = chain.nodes(steps)
      return
    }
    return nil
  }
}

/// What goes into the softmax: a product, its scale, masks.
private struct AttentionScoresMatch {
  /// A value that is added to scores of shape `frame`.
  struct Mask {
    let id: ValueID
    let frame: [Int]
  }

  var query: ValueID?
  var key: ValueID?
  var masks: [Mask] = []
  var scale: Float = 1
  var nodes: [Int] = []

  init?(_ id: ValueID?, in rewriter: GraphRewriter) {
    var current = id
    while let scores = current, let (index, node) = rewriter.previous(scores) {
      nodes.append(index)
      let frame = rewriter.graph.shape(scores)
      switch node.op {
      case .matMul:
        query = node.input(0)
        key = node.input(1)
        return
      case .binary(.add):
        guard scale == 1, let left = node.input(0), let right = node.input(1) else { return nil }
        let leftIsScores = Self.isProduct(left, in: rewriter)
        masks.append(Mask(id: leftIsScores ? right : left, frame: frame))
        current = leftIsScores ? left : right
      case .reshape:
        // Windows or heads apart, for a mask of each, and together again.
        guard let whole = node.input(0),
          rewriter.graph.shape(whole).suffix(2).elementsEqual(frame.suffix(2))
        else { return nil }
        current = whole
      case .binary(.mul), .binary(.div):
        guard let (factor, rest) = node.scaling(in: rewriter.graph) else { return nil }
        scale *= factor
        current = rest
      default: return nil
      }
    }
    return nil
  }

  /// True where `id` is made of a product by what this type follows.
  private static func isProduct(_ id: ValueID, in rewriter: GraphRewriter) -> Bool {
    var current = id
    while let (_, node) = rewriter.previous(current) {
      switch node.op {
      case .matMul: return true
      case .reshape:
        guard let whole = node.input(0) else { return false }
        current = whole
      case .binary(.add):
        guard let left = node.input(0), let right = node.input(1) else { return false }
        current = rewriter.producer(left) == nil ? right : left
      default:
        guard let (_, rest) = node.scaling(in: rewriter.graph) else { return false }
        current = rest
      }
    }
    return false
  }
}

/// The one mask that the kernel adds.
private struct AttentionMask {
  /// Nil where there is none.
  private(set) var id: ValueID?

  /// Elements up to which masks are added before the model runs.
  private static let largestSum = 1 << 24

  /// Nil where `masks` have no sum that is known, or one that the kernel can't add.
  init?(
    _ masks: [AttentionScoresMatch.Mask], _ sizes: AttentionShape, in rewriter: inout GraphRewriter
  ) {
    guard let first = masks.first?.id else { return }
    let shape = rewriter.graph.shape(first)
    if masks.count == 1, rewriter.graph[first].type == .float32,
      sizes.lifted(shape, from: masks[0].frame) == shape, sizes.broadcastsMask(shape)
    {
      id = first
      return
    }
    var sum: Tensor?
    for mask in masks {
      guard let constant = rewriter.graph[mask.id].constant, constant.elementType == .float32,
        let shape = sizes.lifted(constant.shape, from: mask.frame),
        let next = Self.sum(sum, constant.tensor.reshaped(shape))
      else { return nil }
      sum = next
    }
    guard let sum, sizes.broadcastsMask(sum.shape) else { return nil }
    id = rewriter.addConstant(sum)
  }

  private static func sum(_ left: Tensor?, _ right: Tensor) -> Tensor? {
    guard let left else { return right }
    guard let shape = try? ShapeRules.broadcast([left.shape, right.shape]),
      shape.reduce(1, *) <= largestSum
    else { return nil }
    return try? Reference.binary(.add, left, right)
  }
}

extension AttentionShape {
  /// The shape of a mask for scores [batch, heads, T, T] that is added to scores of shape `frame`, which
  /// may have the windows of an image apart, or the heads in the first dimension; nil where it has none.
  fileprivate func lifted(_ mask: [Int], from frame: [Int]) -> [Int]? {
    guard mask.count <= frame.count, frame.suffix(2) == [queryRows, keyRows] else { return nil }
    let padded = Array(repeating: 1, count: frame.count - mask.count) + mask
    switch frame.count {
    case 4 where frame[0] == batch && frame[1] == heads: return mask
    // The kernel begins again with each image.
    case 5 where frame[0] * frame[1] == batch && frame[2] == heads && padded[0] == 1:
      return Array(padded.dropFirst())
    case 3 where frame[0] == batch * heads:
      if padded[0] == 1 { return [1] + padded }
      return padded[0] == frame[0] ? [batch, heads] + padded.suffix(2) : nil
    default: return nil
    }
  }
}

extension OperatorNode {
  /// The factor and the other operand of a Mul or Div by a constant scalar.
  func scaling(in graph: OperatorGraph) -> (Float, ValueID)? {
    switch op {
    case .binary(.mul):
      for position in 0..<2 {
        if let factor = graph.scalar(input(position)), let rest = input(1 - position) {
          return (factor, rest)
        }
      }
      return nil
    case .binary(.div):
      guard let divisor = graph.scalar(input(1)), let rest = input(0) else { return nil }
      return (1 / divisor, rest)
    default: return nil
    }
  }
}
