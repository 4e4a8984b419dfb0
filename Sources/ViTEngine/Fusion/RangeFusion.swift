import ViTKernel

/// Dynamic quantization over groups of rows, spelled out: with
/// low = min(ReduceMin(x), 0), high = max(ReduceMax(x), 0),
/// scale = low == high ? 1 : (high - low) / 255 and lowest = Round(Clip(low / scale, -255, 0)),
/// the bytes are Cast(Clip(Round(x / scale) - lowest, 0, 255)).
enum RangeFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), case .cast(to: .uint8) = node.op else { continue }
      let match = Match(bytes: index, node, in: rewriter)
      guard let match, let last = match.nodes.max() else { continue }
      rewriter.fuse(
        match.nodes, last: last, into: .fused(.rowQuantize), inputs: [match.x],
        outputs: [match.values, match.scale, match.lowest])
    }
  }
}

/// The nodes of one such quantization, found from its last one upwards.
private struct Match {
  var nodes: [Int]
  let x: ValueID
  let values: ValueID
  let scale: ValueID
  let lowest: ValueID

  init?(bytes index: Int, _ node: OperatorNode, in rewriter: GraphRewriter) {
    var walk = Walk(rewriter: rewriter, nodes: [index])
    guard let values = node.outputs[0],
      let shifted = walk.clipped(node.input(0), from: 0, to: 255),
      let (rounded, lowest) = walk.binary(.sub, shifted),
      let (x, scale) = walk.binary(.div, walk.rounded(rounded)),
      let (low, lowScale) = walk.binary(
        .div, walk.clipped(walk.rounded(lowest), from: -255, to: 0)),
      lowScale == scale, let high = walk.high(ofScale: scale, low: low),
      let axes = walk.extreme(.min, low, of: x), axes == walk.extreme(.max, high, of: x),
      let integer = walk.integer(lowest),
      rewriter.graph[x].type == .float32
    else { return nil }
    self.nodes = walk.nodes
    self.x = x
    self.values = values
    self.scale = scale
    self.lowest = integer
  }
}

/// Collects the nodes of a pattern while it goes from values to what they are made of.
private struct Walk {
  let rewriter: GraphRewriter
  var nodes: [Int]

  private mutating func previous(_ id: ValueID?) -> OperatorNode? {
    guard let (index, node) = rewriter.previous(id) else { return nil }
    if !nodes.contains(index) { nodes.append(index) }
    return node
  }

  /// What `id` is Round of.
  mutating func rounded(_ id: ValueID?) -> ValueID? {
    guard let node = previous(id), case .unary(.round) = node.op else { return nil }
    return node.input(0)
  }

  /// What `id` is Clip of, to these bounds.
  mutating func clipped(_ id: ValueID?, from low: Float, to high: Float) -> ValueID? {
    guard let node = previous(id), case .clip = node.op,
      rewriter.graph.scalar(node.input(1)) == low, rewriter.graph.scalar(node.input(2)) == high
    else { return nil }
    return node.input(0)
  }

  /// The operands of `id`.
  mutating func binary(_ operation: BinaryOperation, _ id: ValueID?) -> (ValueID, ValueID)? {
    guard let node = previous(id), case .binary(let found) = node.op, found == operation,
      let left = node.input(0), let right = node.input(1)
    else { return nil }
    return (left, right)
  }

  /// The upper end of the range that `scale` divides into 255 steps, from `low` on.
  mutating func high(ofScale scale: ValueID, low: ValueID) -> ValueID? {
    guard let choice = previous(scale), case .select = choice.op,
      rewriter.graph.scalar(choice.input(1)) == 1,
      let equality = previous(choice.input(0)), case .comparison(.equal) = equality.op,
      let (width, levels) = binary(.div, choice.input(2)), rewriter.graph.scalar(levels) == 255,
      let (high, other) = binary(.sub, width), other == low,
      Set(equality.inputs) == [low, high]
    else { return nil }
    return high
  }

  /// The axes over which `id` is the least or the greatest of zero and the values of `x`; nil where
  /// these are not the last axes.
  mutating func extreme(_ operation: VariadicOperation, _ id: ValueID, of x: ValueID) -> [Int]? {
    guard let bound = previous(id), case .variadic(let found) = bound.op, found == operation,
      bound.inputs.count == 2, rewriter.graph.scalar(bound.input(1)) == 0,
      let reduction = previous(bound.input(0)),
      case .reduce(let reduced, let attribute, keepDims: true, let noop) = reduction.op,
      reduced == (operation == .min ? .min : .max), reduction.input(0) == x,
      let rank = rewriter.graph[x].shape?.count,
      let given = attribute ?? rewriter.graph.integers(reduction.input(1)),
      let axes = try? ShapeRules.reducedAxes(given, rank: rank, noopWithEmptyAxes: noop),
      !axes.isEmpty, axes == Array((0..<rank).suffix(axes.count))
    else { return nil }
    return axes
  }

  /// The int32 form of `id`.
  mutating func integer(_ id: ValueID) -> ValueID? {
    for index in rewriter.consumers(of: id) {
      guard let node = rewriter.node(index), case .cast(to: .int32) = node.op else { continue }
      nodes.append(index)
      return node.outputs[0]
    }
    return nil
  }
}
