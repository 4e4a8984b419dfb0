import ViTKernel

/// BatchNormalization right after a Conv, folded into the Conv's weight and bias:
/// `conv(x, w * s) + (b - mean) * s + shift` with `s = scale / sqrt(variance + epsilon)`.
///
/// It needs no shapes, so it is done once for a model, and all shapes share the weights that it makes.
enum BatchNormFusion {
  /// The graph with the BatchNormalizations folded, as far as its budget for constants goes.
  static func apply(to graph: OperatorGraph) -> OperatorGraph {
    let isConditional = graph.nodes.contains {
      if case .conditional = $0.op { true } else { false }
    }
    // The branches of an If read values that the rewriter does not see.
    guard !isConditional else { return graph }
    var rewriter = GraphRewriter(graph)
    for index in rewriter.indices {
      guard let node = rewriter.node(index), case .conv(let parameters) = node.op else { continue }
      fold(index, node, parameters, in: &rewriter)
    }
    return rewriter.finish()
  }

  private static func fold(
    _ index: Int, _ conv: OperatorNode, _ parameters: ConvParameters,
    in rewriter: inout GraphRewriter
  ) {
    guard let norm = rewriter.next(conv.outputs[0]), let x = conv.input(0),
      case .image(.batchNormalization(let epsilon)) = norm.node.op,
      norm.node.input(0) == conv.outputs[0],
      let weight = floats(conv.input(1), in: rewriter), let channels = weight.shape.first,
      channels > 0,
      let bias = conv.input(2) == nil
        ? [Float](repeating: 0, count: channels) : vector(conv.input(2), channels, in: rewriter),
      let scale = vector(norm.node.input(1), channels, in: rewriter),
      let shift = vector(norm.node.input(2), channels, in: rewriter),
      let mean = vector(norm.node.input(3), channels, in: rewriter),
      let variance = vector(norm.node.input(4), channels, in: rewriter)
    else { return }
    var (factors, terms): ([Double], [Float]) = ([], [])
    for channel in 0..<channels {
      let deviation = (Double(variance[channel]) + Double(epsilon)).squareRoot()
      let factor = Double(scale[channel]) / deviation
      let centred = Double(bias[channel]) - Double(mean[channel])
      factors.append(factor)
      terms.append(Float(centred * factor + Double(shift[channel])))
    }
    guard factors.allSatisfy(\.isFinite),
      rewriter.spend(weight.byteCount + terms.count * MemoryLayout<Float>.stride)
    else { return }
    let folded = rewriter.addConstant(scaled(weight, by: factors))
    let offset = rewriter.addConstant(Tensor(terms, shape: [channels]))
    rewriter.fuse(
      [index, norm.index], last: norm.index, into: .conv(parameters), inputs: [x, folded, offset])
  }

  /// The weight of each output channel times its factor.
  private static func scaled(_ weight: Tensor, by factors: [Double]) -> Tensor {
    let depth = weight.count / factors.count
    let values = weight.elements(of: Float.self).enumerated().map {
      Float(Double($0.1) * factors[$0.0 / depth])
    }
    return Tensor(values, shape: weight.shape)
  }

  private static func floats(_ id: ValueID?, in rewriter: GraphRewriter) -> Tensor? {
    guard let id, let constant = rewriter.graph[id].constant, constant.elementType == .float32
    else { return nil }
    return constant.tensor
  }

  private static func vector(
    _ id: ValueID?, _ count: Int, in rewriter: GraphRewriter
  ) -> [Float]? {
    guard let tensor = floats(id, in: rewriter), tensor.shape == [count] else { return nil }
    return tensor.elements(of: Float.self)
  }
}
