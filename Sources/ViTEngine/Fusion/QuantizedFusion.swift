import ViTKernel

/// Dynamic quantization as ONNX Runtime's tool writes it: MatMulInteger, Cast, and Mul by the
/// product of the scales. The same with a scale to each group of rows, where an Add brings the zero
/// points in.
enum QuantizedFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index) else { continue }
      switch node.op {
      case .matMulInteger where node.input(2) == nil: matchRows(index, node, in: &rewriter)
      case .matMulInteger: match(index, node, in: &rewriter)
      case .quantized(.convInteger(let parameters)):
        matchConvolution(index, node, parameters, in: &rewriter)
      default: continue
      }
    }
  }

  private struct Match {
    var nodes: [Int]
    var last: Int
    var leftScale: ValueID
    var rightScale: ValueID
  }

  private static func match(
    _ index: Int, _ node: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard let a = node.input(0), let b = node.input(1), let leftZero = node.input(2),
      rewriter.graph.shape(a).count >= 2, rewriter.graph.shape(leftZero).reduce(1, *) == 1,
      let match = scaling(index, node, of: a, in: rewriter),
      rewriter.graph.shape(match.leftScale).reduce(1, *) == 1
    else { return }
    if rewriter.graph[b].constant != nil {
      guard let chain = epilogue(after: match, node, in: rewriter) else { return }
      rewriter.fuse(
        match.nodes + chain.nodes, last: chain.last, into: .fused(.quantizedLinear(chain.fusion)),
        inputs: [a, match.leftScale, leftZero, b, match.rightScale, node.input(3)]
          + chain.extraInputs)
    } else if let rightZero = node.input(3), rewriter.graph.shape(b).count >= 2,
      rewriter.graph.shape(match.rightScale).isEmpty, rewriter.graph.shape(rightZero).isEmpty
    {
      rewriter.fuse(
        match.nodes, last: match.last, into: .fused(.quantizedMatMul),
        inputs: [a, match.leftScale, leftZero, b, match.rightScale, rightZero])
    }
  }

  /// ConvInteger of an image, with the bias that follows.
  private static func matchConvolution(
    _ index: Int, _ node: OperatorNode, _ parameters: ConvParameters,
    in rewriter: inout GraphRewriter
  ) {
    guard let x = node.input(0), let w = node.input(1), let zero = node.input(2),
      let quantizer = rewriter.previous(x), case .dynamicQuantizeLinear = quantizer.node.op,
      zero == quantizer.node.outputs[2], var match = scaling(index, node, of: x, in: rewriter),
      let weight = rewriter.graph[w].constant, weight.shape.count == 4,
      node.input(3).map({ rewriter.graph[$0].constant != nil }) ?? true,
      rewriter.graph[match.rightScale].constant?.count == 1
    else { return }
    var bias: ValueID?
    if let scaled = rewriter.node(match.last)?.outputs[0], let sum = rewriter.next(scaled),
      case .binary(.add) = sum.node.op, let terms = rewriter.other(sum.node, than: scaled),
      let constant = rewriter.graph[terms].constant, constant.elementType == .float32,
      constant.count == weight.shape[0], constant.shape.suffix(3) == [weight.shape[0], 1, 1]
    {
      bias = terms
      match.nodes.append(sum.index)
      match.last = sum.index
    }
    rewriter.fuse(
      match.nodes, last: match.last, into: .fused(.quantizedConv(parameters, .channelsFirst)),
      inputs: [x, match.leftScale, zero, w, match.rightScale, node.input(3), bias])
  }

  private static func matchRows(
    _ index: Int, _ node: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard let a = node.input(0), let b = node.input(1),
      let quantizer = rewriter.previous(a), case .fused(.rowQuantize) = quantizer.node.op,
      let lowest = quantizer.node.outputs[2],
      let shifted = rewriter.next(node.outputs[0]), case .binary(.add) = shifted.node.op,
      let shift = rewriter.previous(rewriter.other(shifted.node, than: node.outputs[0])),
      case .binary(.mul) = shift.node.op, shift.node.inputs.contains(lowest),
      let sums = rewriter.other(shift.node, than: lowest),
      let width = rewriter.graph[b].shape?.last, rewriter.graph[sums].constant?.shape == [width],
      var match = scaling(shifted.index, shifted.node, of: a, in: rewriter),
      let chain = epilogue(after: match, node, in: rewriter)
    else { return }
    match.nodes += [index, shift.index]
    rewriter.fuse(
      match.nodes + chain.nodes, last: chain.last, into: .fused(.rowQuantizedLinear(chain.fusion)),
      inputs: [a, match.leftScale, lowest, b, match.rightScale, node.input(3), sums]
        + chain.extraInputs)
  }

  /// What follows the product `node` with a constant matrix; nil where the kernel can't multiply by that.
  private static func epilogue(
    after match: Match, _ node: OperatorNode, in rewriter: GraphRewriter
  ) -> EpilogueChain? {
    guard let weight = node.input(1).flatMap({ rewriter.graph[$0].constant }),
      weight.shape.count == 2, isParameter(match.rightScale, of: weight, in: rewriter),
      node.input(3).map({ isParameter($0, of: weight, in: rewriter) }) ?? true
    else { return nil }
    var chain = EpilogueChain(start: match.last, width: weight.shape[1])
    chain.grow(in: rewriter)
    return chain
  }

  /// The Cast and Mul after the sums that node `index` gives of the bytes `a`, and the Mul that makes
  /// their factor. Or two Muls by one scale each, of which the kernel rounds the product first.
  private static func scaling(
    _ index: Int, _ node: OperatorNode, of a: ValueID, in rewriter: GraphRewriter
  ) -> Match? {
    guard let cast = rewriter.next(node.outputs[0]), case .cast(to: .float32) = cast.node.op,
      let product = rewriter.next(cast.node.outputs[0]), case .binary(.mul) = product.node.op,
      let factor = rewriter.other(product.node, than: cast.node.outputs[0]),
      let quantizer = rewriter.previous(a), let leftScale = scale(quantizer.node)
    else { return nil }
    let nodes = [index, cast.index, product.index]
    if let scales = rewriter.previous(factor), case .binary(.mul) = scales.node.op,
      scales.node.inputs.contains(leftScale),
      let rightScale = rewriter.other(scales.node, than: leftScale)
    {
      return Match(
        nodes: nodes + [scales.index], last: product.index, leftScale: leftScale,
        rightScale: rightScale)
    }
    guard let second = rewriter.next(product.node.outputs[0]),
      case .binary(.mul) = second.node.op,
      let other = rewriter.other(second.node, than: product.node.outputs[0]),
      factor == leftScale || other == leftScale
    else { return nil }
    return Match(
      nodes: nodes + [second.index], last: second.index, leftScale: leftScale,
      rightScale: factor == leftScale ? other : factor)
  }

  /// The scale of the bytes that `quantizer` gives first.
  private static func scale(_ quantizer: OperatorNode) -> ValueID? {
    switch quantizer.op {
    case .dynamicQuantizeLinear, .fused(.rowQuantize): quantizer.outputs[1]
    case .quantizeLinear(_, blockSize: 0, _): quantizer.input(1)
    default: nil
    }
  }

  /// True where `id` is constant and holds one element, or one for each column of `weight`.
  private static func isParameter(
    _ id: ValueID, of weight: Constant, in rewriter: GraphRewriter
  ) -> Bool {
    guard let constant = rewriter.graph[id].constant else { return false }
    return constant.count == 1
      || (constant.count == weight.shape[1] && constant.shape.last == weight.shape[1])
  }
}

/// DynamicQuantizeLinear straight into DequantizeLinear, alone and under an Add.
enum FakeQuantizeFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), case .dequantizeLinear = node.op,
        let quantizer = rewriter.previous(node.input(0)),
        case .dynamicQuantizeLinear = quantizer.node.op,
        node.input(1) == quantizer.node.outputs[1], node.input(2) == quantizer.node.outputs[2],
        let x = quantizer.node.input(0)
      else { continue }
      rewriter.fuse(
        [quantizer.index, index], last: index, into: .fused(.fakeQuantize), inputs: [x])
    }
    for index in rewriter.indices {
      guard let node = rewriter.node(index), case .binary(.add) = node.op else { continue }
      fuseAdd(index, node, in: &rewriter)
    }
  }

  private static func fuseAdd(
    _ index: Int, _ node: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard let output = node.outputs[0] else { return }
    var nodes = [index]
    var inputs = node.inputs
    var isQuantized = [false, false]
    for position in 0..<2 {
      guard let operand = node.input(position),
        let source = rewriter.previous(operand), case .fused(.fakeQuantize) = source.node.op,
        rewriter.onlyConsumer(operand) == index,
        rewriter.graph.shape(operand) == rewriter.graph.shape(output)
      else { continue }
      nodes.append(source.index)
      inputs[position] = source.node.input(0)
      isQuantized[position] = true
    }
    guard nodes.count > 1, inputs.allSatisfy({ broadcastsSimply($0, over: output, in: rewriter) })
    else { return }
    rewriter.fuse(
      nodes, last: index,
      into: .fused(.fakeQuantizedAdd(left: isQuantized[0], right: isQuantized[1])), inputs: inputs)
  }

  /// True where the kernel can add `id`: the result's shape, or its trailing dimensions.
  private static func broadcastsSimply(
    _ id: ValueID?, over output: ValueID, in rewriter: GraphRewriter
  ) -> Bool {
    guard let id, rewriter.graph[id].type == .float32 else { return false }
    let shape = Array(rewriter.graph.shape(id).drop { $0 == 1 })
    return rewriter.graph.shape(output).suffix(shape.count).elementsEqual(shape)
  }
}
