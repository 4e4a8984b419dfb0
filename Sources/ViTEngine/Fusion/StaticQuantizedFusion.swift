import ViTKernel

/// Products of dequantized bytes: QuantizeLinear and DequantizeLinear around MatMul, Gemm and Conv, as
/// static quantization writes them.
enum StaticQuantizedFusion {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index) else { continue }
      switch node.op {
      case .matMul: fuseMatMul(index, node, in: &rewriter)
      case .gemm(let parameters): fuseGemm(index, node, parameters, in: &rewriter)
      case .conv(let parameters): fuseConv(index, node, parameters, in: &rewriter)
      case .quantized(.matMulNBits(let parameters)):
        fuseBlocks(index, node, parameters, in: &rewriter)
      default: continue
      }
    }
    fuseFakeQuantization(in: &rewriter)
  }

  private static func fuseMatMul(
    _ index: Int, _ node: OperatorNode, in rewriter: inout GraphRewriter
  ) {
    guard let b = node.input(1) else { return }
    if let weight = Weight(b, isTransposed: false, in: rewriter) {
      var chain = EpilogueChain(start: index, width: weight.columns)
      chain.grow(in: rewriter)
      fuse(node, weight, &chain, in: &rewriter)
    } else if let left = Bytes(node.input(0), in: rewriter), let right = Bytes(b, in: rewriter),
      rewriter.graph.shape(left.values).count >= 2, rewriter.graph.shape(right.values).count >= 2
    {
      rewriter.fuse(
        [index], last: index, into: .fused(.quantizedMatMul),
        inputs: [
          left.values, left.scale, left.zeroPoint, right.values, right.scale, right.zeroPoint,
        ])
    }
  }

  private static func fuseGemm(
    _ index: Int, _ node: OperatorNode, _ parameters: GemmParameters,
    in rewriter: inout GraphRewriter
  ) {
    guard parameters.alpha == 1, !parameters.transposeA, let b = node.input(1),
      let weight = Weight(b, isTransposed: parameters.transposeB, in: rewriter)
    else { return }
    var chain = EpilogueChain(start: index, width: weight.columns)
    if let bias = node.input(2) {
      guard parameters.beta == 1, isBias(bias, width: weight.columns, in: rewriter) else { return }
      chain.takeBias(bias)
    }
    chain.grow(in: rewriter)
    fuse(node, weight, &chain, in: &rewriter)
  }

  private static func fuse(
    _ node: OperatorNode, _ weight: Weight, _ chain: inout EpilogueChain,
    in rewriter: inout GraphRewriter
  ) {
    chain.fusion.weightIsTransposed = weight.isTransposed
    guard let input = node.input(0), rewriter.graph.shape(input).count >= 2 else { return }
    if let x = Bytes(input, in: rewriter), weight.blockSize == 0 {
      rewriter.fuse(
        chain.nodes, last: chain.last, into: .fused(.quantizedLinear(chain.fusion)),
        inputs: [x.values, x.scale, x.zeroPoint, weight.values, weight.scale, weight.zeroPoint]
          + chain.extraInputs)
    } else if rewriter.graph[input].type == .float32, rewriter.graph[input].constant == nil {
      let stored = StoredWeight.dequantized(axis: weight.axis, blockSize: weight.blockSize)
      rewriter.fuse(
        chain.nodes, last: chain.last, into: .fused(.storedLinear(chain.fusion, stored)),
        inputs: [input, weight.values, weight.scale, weight.zeroPoint, nil] + chain.extraInputs)
    }
  }

  private static func fuseBlocks(
    _ index: Int, _ node: OperatorNode, _ parameters: BlockWeightParameters,
    in rewriter: inout GraphRewriter
  ) {
    guard let x = node.input(0), rewriter.graph[x].type == .float32,
      let weight = node.input(1).flatMap({ rewriter.graph[$0].constant }), weight.count > 0,
      node.inputs[2..<min(5, node.inputs.count)].allSatisfy({ id in
        id.map { rewriter.graph[$0].constant != nil } ?? true
      })
    else { return }
    var chain = EpilogueChain(start: index, width: parameters.outputs)
    if let bias = node.input(5) {
      guard isBias(bias, width: parameters.outputs, in: rewriter) else { return }
      chain.takeBias(bias)
    }
    chain.grow(in: rewriter)
    chain.fusion.weightIsTransposed = true
    rewriter.fuse(
      chain.nodes, last: chain.last,
      into: .fused(.storedLinear(chain.fusion, .blocks(parameters))),
      inputs: [x, node.input(1), node.input(2), node.input(3), node.input(4)] + chain.extraInputs)
  }

  private static func fuseConv(
    _ index: Int, _ node: OperatorNode, _ parameters: ConvParameters,
    in rewriter: inout GraphRewriter
  ) {
    guard let x = Bytes(node.input(0), in: rewriter), let output = node.outputs[0],
      let source = rewriter.previous(node.input(1)),
      case .dequantizeLinear(let axis, blockSize: 0) = source.node.op,
      let values = source.node.input(0), let constant = rewriter.graph[values].constant,
      constant.elementType == .int8 || constant.elementType == .uint8, constant.shape.count == 4,
      let scale = source.node.input(1), rewriter.graph[scale].constant != nil,
      axis == 0 || axis == -4 || rewriter.graph.shape(scale).reduce(1, *) == 1,
      rewriter.graph.shape(output).count == 4
    else { return }
    if let bias = node.input(2) {
      guard isBias(bias, width: constant.shape[0], in: rewriter) else { return }
    }
    rewriter.fuse(
      [index], last: index, into: .fused(.quantizedConv(parameters, .channelsFirst)),
      inputs: [
        x.values, x.scale, x.zeroPoint, values, scale, source.node.input(2), node.input(2),
      ])
  }

  /// QuantizeLinear straight into DequantizeLinear.
  private static func fuseFakeQuantization(in rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), case .dequantizeLinear(_, blockSize: 0) = node.op,
        let bytes = Bytes(node.outputs[0], in: rewriter),
        rewriter.onlyConsumer(bytes.values) == index,
        let quantizer = rewriter.previous(bytes.values),
        case .quantizeLinear(_, blockSize: 0, _) = quantizer.node.op,
        quantizer.node.input(1) == bytes.scale, quantizer.node.input(2) == bytes.zeroPoint,
        let x = quantizer.node.input(0), rewriter.graph[x].type == .float32, bytes.zeroPoint != nil
      else { continue }
      rewriter.fuse(
        [quantizer.index, index], last: index, into: .fused(.staticFakeQuantize),
        inputs: [x, bytes.scale, bytes.zeroPoint])
    }
  }
}

/// Bytes with one scale that a float value is made of.
private struct Bytes {
  let values: ValueID
  let scale: ValueID
  let zeroPoint: ValueID?

  init?(_ id: ValueID?, in rewriter: GraphRewriter) {
    guard let (_, node) = rewriter.previous(id),
      case .dequantizeLinear(_, blockSize: 0) = node.op,
      let values = node.input(0), let scale = node.input(1),
      let type = rewriter.graph[values].type, type == .int8 || type == .uint8,
      rewriter.graph[values].constant == nil, rewriter.graph[scale].type == .float32,
      rewriter.graph.shape(scale).reduce(1, *) == 1
    else { return nil }
    self.values = values
    self.scale = scale
    zeroPoint = node.input(2)
  }
}

/// A constant matrix of bytes that a float matrix is made of, with one scale, or one to each column of
/// the product.
private struct Weight {
  let values: ValueID
  let scale: ValueID
  let zeroPoint: ValueID?
  /// Stored as [columns, depth].
  let isTransposed: Bool
  let columns: Int
  /// Of its DequantizeLinear.
  let axis: Int
  let blockSize: Int

  init?(_ id: ValueID, isTransposed: Bool, in rewriter: GraphRewriter) {
    var (id, isTransposed) = (id, isTransposed)
    if let (_, node) = rewriter.previous(id), case .transpose(let order) = node.op,
      order == nil || order == [1, 0], let source = node.input(0)
    {
      (id, isTransposed) = (source, !isTransposed)
    }
    guard let (_, node) = rewriter.previous(id),
      case .dequantizeLinear(let axis, let blockSize) = node.op,
      let values = node.input(0), let scale = node.input(1),
      let constant = rewriter.graph[values].constant, constant.shape.count == 2,
      constant.elementType == .int8 || constant.elementType == .uint8,
      let scales = rewriter.graph[scale].constant, scales.elementType == .float32,
      node.input(2).map({ rewriter.graph[$0].constant != nil }) ?? true
    else { return nil }
    let along = isTransposed ? 0 : 1
    columns = constant.shape[along]
    guard
      blockSize > 0 || scales.count == 1
        || (axis == along || axis == along - 2) && scales.count == columns
    else { return nil }
    self.axis = axis
    self.blockSize = blockSize
    self.values = values
    self.scale = scale
    self.isTransposed = isTransposed
    zeroPoint = node.input(2)
  }
}
