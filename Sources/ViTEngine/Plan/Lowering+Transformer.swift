import ViTKernel

/// Kernels of transformers' operators over float32.
extension Lowering {
  /// Nil where the scores are asked for, or are capped.
  func attention(
    _ node: OperatorNode, _ fusion: AttentionFusion
  ) throws(KernelError) -> LoweredNode? {
    guard fusion.softcap == 0, fusion.scores == nil, isFloat(node) else { return nil }
    let executor = executor
    let shapes = (0..<3).map { shape(node, input: $0) }
    let (views, sizes) = (try fusion.views(shapes), try fusion.sizes(shapes))
    guard views.allSatisfy(\.isHeads) else { return nil }
    let scores = sizes.batch * sizes.heads * sizes.queryRows * sizes.keyRows
    let work = Work(
      multiplyAdds: scores * (sizes.headSize + sizes.valueSize), arithmetic: .float32)
    return LoweredNode(
      name: "attention", workspaceBytes: executor.attentionWorkspace(sizes), work: work,
      attention: sizes
    ) { binding throws(KernelError) in
      let query = views[0].operand(try binding.input(0))
      let key = views[1].operand(try binding.input(1))
      let value = views[2].operand(try binding.input(2))
      let mask = fusion.hasMask ? try binding.input(3) : nil
      let (y, workspace) = (try binding.output(0), binding.workspace)
      return { () throws(KernelError) in
        try executor.attention(
          sizes, fusion.options, query: query, key: key, value: value, mask: mask,
          workspace: workspace, into: y)
      }
    }
  }

  /// Nil where the roots are asked for, or the scale does not cover the normalised axes.
  func rmsNormalization(
    _ node: OperatorNode, axis: Int, epsilon: Float
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let shape = shape(node, input: 0)
    let columns = shape[try ShapeRules.axis(axis, rank: shape.count)...].reduce(1, *)
    guard isFloat(node), node.outputs.dropFirst().allSatisfy({ $0 == nil }), columns > 0,
      self.shape(node, input: 1).reduce(1, *) == columns
    else { return nil }
    return LoweredNode(name: "rmsNormalization") { binding throws(KernelError) in
      let (x, scale) = (try binding.input(0), flat(try binding.input(1)))
      let y = try binding.output(0)
      return { () throws(KernelError) in
        try executor.layerNorm(
          x, columns: columns, scale: scale, bias: nil, epsilon: epsilon, meanIsZero: true, into: y)
      }
    }
  }

  func rotary(
    _ node: OperatorNode, _ parameters: RotaryParameters
  ) throws(KernelError) -> LoweredNode? {
    guard let x = node.input(0), graph[x].type == .float32 else { return nil }
    let executor = executor
    let shape = try RotaryShape(
      parameters, x: graph.shape(x), cosines: shape(node, input: 1), sines: shape(node, input: 2),
      positions: node.input(3).map { graph.shape($0) })
    return LoweredNode(name: "rotaryEmbedding") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let (cosines, sines) = (try binding.input(1), try binding.input(2))
      let positions = binding.optionalInput(3)
      return { () throws(KernelError) in
        try executor.rotaryEmbedding(
          shape, x, cosines: cosines, sines: sines, positions: positions, into: y)
      }
    }
  }
}

extension Operator {
  /// Elements of what the plain reference computes on the way to the results.
  func innerElements(_ node: OperatorNode, in graph: OperatorGraph) -> Int {
    guard case .transformer(let op) = self, op.isExpanded else { return 0 }
    return op.innerElements(NodeInputs(node: node, graph: graph))
  }
}
