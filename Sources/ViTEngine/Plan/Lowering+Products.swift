import ViTKernel

/// Matrix products over float32, and what consists of them.
extension Lowering {
  /// A kernel for a node made by fusion, which has no other implementation.
  func lower(_ fused: Fused, _ node: OperatorNode) throws(KernelError) -> LoweredNode {
    switch fused {
    case .linear(let fusion): return try linear(node, fusion)
    case .storedLinear(let fusion, let weight): return try storedLinear(node, fusion, weight)
    case .quantizedLinear(let fusion): return try quantizedLinear(node, fusion)
    case .quantizedConv(let parameters, let layout):
      return try quantizedConv(node, parameters, layout)
    case .rowQuantize: return rowQuantize(node)
    case .rowQuantizedLinear(let fusion): return try rowQuantizedLinear(node, fusion)
    case .quantizedMatMul: return quantizedMatMul(node)
    case .attention(let fusion): return try attention(node, fusion) ?? reference(node)
    case .fakeQuantize: return fakeQuantize(node)
    case .staticFakeQuantize: return staticFakeQuantize(node)
    case .elements(let operations): return elements(node, operations)
    case .fakeQuantizedAdd(let left, let right):
      return try fakeQuantizedAdd(node, left: left, right: right)
    case .patchEmbedding(let parameters):
      guard let kernel = try convolution(node, parameters, layout: .channelsLast) else {
        throw .unsupported("a patch embedding whose weight is not constant")
      }
      return kernel
    }
  }

  /// A kernel for one of ONNX's products; nil where the reference must do.
  func product(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    switch node.op {
    case .matMulInteger: return try integerMatMul(node)
    case .matMul where isFloat(node):
      let plan = try ProductPlan(matMul: shape(node, input: 0), shape(node, input: 1))
      return general(node, plan, name: "matMul")
    case .gemm(let parameters) where isFloat(node):
      let plan = try ProductPlan(
        gemm: shape(node, input: 0), shape(node, input: 1),
        c: node.input(2).map { graph.shape($0) }, parameters: parameters)
      return general(node, plan, name: "gemm")
    case .conv(let parameters) where isFloat(node):
      return try convolution(node, parameters, layout: .channelsFirst)
    default: return nil
    }
  }

  /// The bias and residual that a fused product reads from input `position` on.
  func epilogue(
    _ fusion: LinearFusion, _ binding: Binding, from position: Int
  ) throws(KernelError) -> Epilogue {
    var epilogue = Epilogue(activation: fusion.activation)
    if fusion.hasBias { epilogue.bias = flat(try binding.input(position)) }
    if fusion.hasResidual { epilogue.residual = rows(try binding.input(position + 1)) }
    if fusion.hasScale { epilogue.scale = flat(try binding.input(position + 2)) }
    return epilogue
  }

  private func linear(
    _ node: OperatorNode, _ fusion: LinearFusion
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    guard executor.gemmBackend == .packed else { return try linearOverBLAS(node, fusion) }
    let weight = try weights.float(
      try constant(node, 1), isTransposed: fusion.weightIsTransposed, for: executor)
    let work = work(node, depth: weight.depth, .float32)
    return LoweredNode(name: "linear", work: work) { binding throws(KernelError) in
      let (x, y) = (rows(try binding.input(0)), rows(try binding.output(0)))
      let epilogue = try self.epilogue(fusion, binding, from: 2)
      return { () throws(KernelError) in
        try executor.multiply(x, weight, epilogue: epilogue, into: y)
      }
    }
  }

  /// A linear layer whose weight is unpacked once, when the model is compiled.
  private func storedLinear(
    _ node: OperatorNode, _ fusion: LinearFusion, _ form: StoredWeight
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let sources = StoredWeightSources(
      values: try constant(node, 1), scale: try constant(node, 2),
      zeroPoint: node.input(3).flatMap { graph[$0].constant },
      groups: node.input(4).flatMap { graph[$0].constant })
    let weight = try weights.stored(
      sources, form, isTransposed: fusion.weightIsTransposed, for: executor)
    let work = work(node, depth: weight.depth, .float32)
    return LoweredNode(name: "linear", work: work) { binding throws(KernelError) in
      let (x, y) = (rows(try binding.input(0)), rows(try binding.output(0)))
      let epilogue = try self.epilogue(fusion, binding, from: 5)
      return { () throws(KernelError) in
        try executor.multiply(x, weight, epilogue: epilogue, into: y)
      }
    }
  }

  private func linearOverBLAS(
    _ node: OperatorNode, _ fusion: LinearFusion
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let (x, weight) = (shape(node, input: 0), shape(node, input: 1))
    let plan = try ProductPlan(
      gemm: [x.dropLast().reduce(1, *), x[x.count - 1]], weight, c: nil,
      parameters: GemmParameters(transposeB: fusion.weightIsTransposed))
    let work = work(node, depth: x[x.count - 1], .float32)
    return LoweredNode(name: "linear", work: work) { binding throws(KernelError) in
      let (x, y) = (rows(try binding.input(0)), rows(try binding.output(0)))
      let weight = try binding.input(1)
      let epilogue = try self.epilogue(fusion, binding, from: 2)
      return { () throws(KernelError) in
        try executor.multiply(x, weight, plan: plan, epilogue: epilogue, into: y)
      }
    }
  }

  /// MatMul or Gemm of which nothing is known beforehand, over OpenBLAS.
  private func general(
    _ node: OperatorNode, _ plan: ProductPlan, name: String
  ) -> LoweredNode {
    let executor = executor
    let work = work(node, depth: plan.depth, .float32)
    return LoweredNode(name: name, work: work) { binding throws(KernelError) in
      let (a, b) = (try binding.input(0), try binding.input(1))
      let (c, y) = (binding.optionalInput(2), try binding.output(0))
      return { () throws(KernelError) in
        try executor.multiply(a, b, c: c, plan: plan, into: y)
      }
    }
  }

  /// Conv with a constant weight over two spatial dimensions; nil for others.
  private func convolution(
    _ node: OperatorNode, _ parameters: ConvParameters, layout: Convolution.Layout
  ) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let image = shape(node, input: 0)
    guard image.count == 4, let weight = node.input(1).flatMap({ graph[$0].constant }) else {
      return nil
    }
    let bias = node.input(2).map { graph[$0].constant }
    if case .some(.none) = bias { return nil }
    let packed = try weights.convolution(
      weight, bias: bias.flatMap(\.self), parameters, layout: layout, for: executor)
    let plan = try packed.plan(image, for: executor)
    let name = layout == .channelsLast ? "patchEmbedding" : "conv"
    let work = work(node, depth: weight.shape.dropFirst().reduce(1, *), .float32)
    return LoweredNode(name: name, workspaceBytes: plan.workspace, work: work) {
      binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.convolve(x, packed, plan: plan, workspace: workspace, into: y)
      }
    }
  }
}
