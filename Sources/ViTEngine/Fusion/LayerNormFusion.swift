import ViTKernel

/// LayerNorm spelled out, as exports before opset 17 have it:
/// `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * scale + bias` over the last axis.
enum LayerNormFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard case .binary(.div)? = rewriter.node(index)?.op else { continue }
      match(division: index, in: &rewriter)
    }
  }

  private static func match(division: Int, in rewriter: inout GraphRewriter) {
    guard let div = rewriter.node(division),
      let sub = rewriter.previous(div.input(0)), case .binary(.sub) = sub.node.op,
      let x = sub.node.input(0),
      let mean = lastAxisMean(sub.node.input(1), of: x, in: rewriter),
      let root = rewriter.previous(div.input(1)), case .unary(.sqrt) = root.node.op,
      let sum = rewriter.previous(root.node.input(0)), case .binary(.add) = sum.node.op,
      let (epsilon, variance) = scalarOperand(of: sum.node, in: rewriter),
      let square = rewriter.previous(meanInput(variance, in: rewriter)),
      isSquare(square.node, of: div.input(0), in: rewriter),
      let varianceMean = rewriter.producer(variance),
      let scaled = rewriter.next(div.outputs[0]), case .binary(.mul) = scaled.node.op,
      let scale = vector(rewriter.other(scaled.node, than: div.outputs[0]), like: x, in: rewriter)
    else { return }
    var nodes = [
      division, sub.index, mean, root.index, sum.index, square.index, varianceMean, scaled.index,
    ]
    var inputs: [ValueID?] = [x, scale]
    var last = scaled.index
    if let shifted = rewriter.next(scaled.node.outputs[0]), case .binary(.add) = shifted.node.op,
      let bias = vector(
        rewriter.other(shifted.node, than: scaled.node.outputs[0]), like: x, in: rewriter)
    {
      nodes.append(shifted.index)
      inputs.append(bias)
      last = shifted.index
    }
    rewriter.fuse(
      nodes, last: last, into: .layerNormalization(axis: -1, epsilon: epsilon), inputs: inputs)
  }

  /// Index of the node that defines `id`, where it is the mean of `x` over its last axis.
  private static func lastAxisMean(
    _ id: ValueID?, of x: ValueID, in rewriter: GraphRewriter
  ) -> Int? {
    guard meanInput(id, in: rewriter) == x else { return nil }
    return rewriter.producer(id)
  }

  /// What `id` is the mean of, over the last axis and with the dimension kept.
  private static func meanInput(_ id: ValueID?, in rewriter: GraphRewriter) -> ValueID? {
    guard let mean = rewriter.previous(id),
      case .reduce(.mean, let attribute, keepDims: true, emptyMeansNone: _) = mean.node.op,
      let axes = attribute ?? rewriter.graph.integers(mean.node.input(1)),
      let x = mean.node.input(0), let rank = rewriter.graph[x].shape?.count,
      axes == [-1] || axes == [rank - 1]
    else { return nil }
    return x
  }

  private static func isSquare(
    _ node: OperatorNode, of id: ValueID?, in rewriter: GraphRewriter
  ) -> Bool {
    switch node.op {
    case .binary(.pow):
      return node.input(0) == id && rewriter.graph.scalar(node.input(1)) == 2
    case .binary(.mul): return node.input(0) == id && node.input(1) == id
    default: return false
    }
  }

  private static func scalarOperand(
    of node: OperatorNode, in rewriter: GraphRewriter
  ) -> (Float, ValueID)? {
    for position in 0..<2 {
      if let value = rewriter.graph.scalar(node.input(position)),
        let other = node.input(1 - position)
      {
        return (value, other)
      }
    }
    return nil
  }

  /// `id`, where it is a constant that holds one element for each of the last axis of `x`.
  private static func vector(
    _ id: ValueID?, like x: ValueID, in rewriter: GraphRewriter
  ) -> ValueID? {
    guard let id, let constant = rewriter.graph[id].constant, constant.elementType == .float32,
      let width = rewriter.graph[x].shape?.last, constant.shape == [width]
    else { return nil }
    return id
  }
}
