import ViTKernel

/// Kernels over int8.
extension Lowering {
  func dynamicQuantize(_ node: OperatorNode) -> LoweredNode {
    let executor = executor
    let count = shape(node, input: 0).reduce(1, *)
    return LoweredNode(
      name: "dynamicQuantize",
      workspaceBytes: Executor.dynamicQuantizeWorkspace(count: count)
    ) { binding throws(KernelError) in
      let (x, q) = (try binding.input(0), try binding.output(0))
      let (scale, zeroPoint) = (try binding.output(1), try binding.output(2))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.dynamicQuantize(
          x, into: q, scale: scale, zeroPoint: zeroPoint, workspace: workspace)
      }
    }
  }

  /// QuantizeLinear or DequantizeLinear of bytes and float32; nil for blocks and other types.
  func linearQuantization(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    let executor = executor
    let types = [node.input(0), node.outputs[0]].map { $0.flatMap { graph[$0].type } }
    let isByte = types.map { $0 == .int8 || $0 == .uint8 }
    guard node.input(1).map({ graph[$0].type }) == .float32 else { return nil }
    switch node.op {
    case .quantizeLinear(let axis, blockSize: 0, outputType: _)
    where types[0] == .float32 && isByte[1]:
      return LoweredNode(name: "quantizeLinear") { binding throws(KernelError) in
        let (x, scale) = (try binding.input(0), try binding.input(1))
        let (zeroPoint, y) = (binding.optionalInput(2), try binding.output(0))
        return { () throws(KernelError) in
          try executor.quantizeLinear(x, scale: scale, zeroPoint: zeroPoint, axis: axis, into: y)
        }
      }
    case .dequantizeLinear(let axis, blockSize: 0) where isByte[0] && types[1] == .float32:
      return LoweredNode(name: "dequantizeLinear") { binding throws(KernelError) in
        let (x, scale) = (try binding.input(0), try binding.input(1))
        let (zeroPoint, y) = (binding.optionalInput(2), try binding.output(0))
        return { () throws(KernelError) in
          try executor.dequantizeLinear(x, scale: scale, zeroPoint: zeroPoint, axis: axis, into: y)
        }
      }
    default: return nil
    }
  }

  /// A linear layer over int8 with a constant weight.
  func quantizedLinear(
    _ node: OperatorNode, _ fusion: LinearFusion
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let weight = try weights.int8(
      try constant(node, 3), isTransposed: fusion.weightIsTransposed, for: executor)
    let work = work(node, depth: weight.rows, .int8)
    let bytes = executor.int8ProductWorkspace(
      aShape: shape(node, input: 0), aType: type(node, input: 0))
    return LoweredNode(
      name: "quantizedLinear", workspaceBytes: bytes, work: work
    ) { binding throws(KernelError) in
      let a = QuantizedTensor(
        values: rows(try binding.input(0)), scale: try binding.input(1),
        zeroPoint: binding.optionalInput(2))
      let scale = flat(try binding.input(4))
      let zeroPoint = binding.optionalInput(5).map(flat)
      let epilogue = try self.epilogue(fusion, binding, from: 6)
      let y = rows(try binding.output(0))
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.quantizedGemm(
          a, weight, bScale: scale, bZeroPoint: zeroPoint, epilogue: epilogue, into: y,
          workspace: workspace)
      }
    }
  }

  /// The product of two activations, both quantized dynamically.
  func quantizedMatMul(_ node: OperatorNode) -> LoweredNode {
    let executor = executor
    return LoweredNode(
      name: "quantizedMatMul", workspaceBytes: int8Workspace(node, b: 3),
      work: work(node, depth: shape(node, input: 0).last ?? 0, .int8)
    ) { binding throws(KernelError) in
      let a = QuantizedTensor(
        values: try binding.input(0), scale: try binding.input(1),
        zeroPoint: binding.optionalInput(2))
      let b = QuantizedTensor(
        values: try binding.input(3), scale: try binding.input(4),
        zeroPoint: binding.optionalInput(5))
      let y = try binding.output(0)
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.quantizedMatMul(a, b, into: y, workspace: workspace)
      }
    }
  }

  /// MatMulInteger by itself; nil for the vectors and per-row zero points that the kernel lacks.
  func integerMatMul(_ node: OperatorNode) throws(KernelError) -> LoweredNode? {
    let (a, b) = (shape(node, input: 0), shape(node, input: 1))
    let zeroPoints = [shape(node, input: 2), shape(node, input: 3)]
    guard a.count >= 2, b.count >= 2, zeroPoints.allSatisfy({ $0.reduce(1, *) == 1 }) else {
      return nil
    }
    let executor = executor
    return LoweredNode(
      name: "integerMatMul", workspaceBytes: int8Workspace(node, b: 1),
      work: work(node, depth: a[a.count - 1], .int8)
    ) { binding throws(KernelError) in
      let (a, b) = (try binding.input(0), try binding.input(1))
      let (aZero, bZero) = (binding.optionalInput(2), binding.optionalInput(3))
      let y = try binding.output(0)
      let workspace = binding.workspace
      return { () throws(KernelError) in
        try executor.integerMatMul(
          a, zeroPoint: aZero, b, bZeroPoint: bZero, into: y, workspace: workspace)
      }
    }
  }

  /// QuantizeLinear and DequantizeLinear with one scale in one pass.
  func staticFakeQuantize(_ node: OperatorNode) -> LoweredNode {
    let executor = executor
    return LoweredNode(name: "fakeQuantize") { binding throws(KernelError) in
      let (x, scale) = (try binding.input(0), try binding.input(1))
      let (zeroPoint, y) = (binding.optionalInput(2), try binding.output(0))
      return { () throws(KernelError) in
        try executor.fakeQuantize(x, scale: scale, zeroPoint: zeroPoint, into: y)
      }
    }
  }

  func fakeQuantize(_ node: OperatorNode) -> LoweredNode {
    let executor = executor
    let count = shape(node, input: 0).reduce(1, *)
    let bytes = Executor.dynamicQuantizeWorkspace(count: count)
    return LoweredNode(
      name: "fakeQuantize", workspaceBytes: QuantizationScratch.bytes + bytes
    ) { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      let scratch = QuantizationScratch(binding.workspace)
      return { () throws(KernelError) in
        try executor.dynamicFakeQuantize(
          x, into: y, scale: scratch.scale, zeroPoint: scratch.zeroPoint, workspace: scratch.rest)
      }
    }
  }

  /// Add of operands that are quantized and dequantized on their way.
  func fakeQuantizedAdd(
    _ node: OperatorNode, left: Bool, right: Bool
  ) throws(KernelError) -> LoweredNode {
    let executor = executor
    let count = shape(node, output: 0).reduce(1, *)
    let bytes = Executor.dynamicQuantizeWorkspace(count: count)
    return LoweredNode(
      name: "fakeQuantizedAdd", workspaceBytes: 2 * QuantizationScratch.bytes + bytes
    ) { binding throws(KernelError) in
      let (a, b) = (try binding.input(0), try binding.input(1))
      let y = try binding.output(0)
      let first = QuantizationScratch(binding.workspace)
      let second = QuantizationScratch(first.rest)
      let leftOperand = first.operand(a, isQuantized: left)
      let rightOperand = second.operand(b, isQuantized: right)
      return { () throws(KernelError) in
        if left { try first.measure(a, executor, workspace: second.rest) }
        if right { try second.measure(b, executor, workspace: second.rest) }
        try executor.fakeQuantizedAdd(leftOperand, rightOperand, into: y)
      }
    }
  }

  private func int8Workspace(_ node: OperatorNode, b position: Int) -> Int {
    executor.int8ProductWorkspace(
      aShape: shape(node, input: 0), aType: type(node, input: 0),
      bShape: shape(node, input: position))
  }

  func type(_ node: OperatorNode, input position: Int) -> ElementType {
    node.input(position).flatMap { graph[$0].type } ?? .uint8
  }
}

/// A scale and a zero point at the start of a workspace.
private struct QuantizationScratch {
  /// Bytes that the two take; a cache line, so that what follows stays aligned.
  static let bytes = TensorStorage.alignment

  let scale: Tensor
  let zeroPoint: Tensor
  let rest: Tensor

  init(_ workspace: Tensor) {
    scale = workspace.view(.float32, shape: [], at: 0)
    zeroPoint = workspace.view(.uint8, shape: [], at: 4)
    rest = workspace.view(.uint8, shape: [workspace.byteCount - Self.bytes], at: Self.bytes)
  }

  func operand(_ tensor: Tensor, isQuantized: Bool) -> SumOperand {
    isQuantized
      ? .fakeQuantized(tensor, scale: scale, zeroPoint: zeroPoint) : .values(tensor)
  }

  func measure(
    _ x: Tensor, _ executor: Executor, workspace: Tensor
  ) throws(KernelError) {
    try executor.quantizationParameters(
      of: x, scale: scale, zeroPoint: zeroPoint, workspace: workspace)
  }
}

/// The tensor as a matrix whose rows are its last dimension.
func rows(_ tensor: Tensor) -> Tensor {
  guard tensor.shape.count != 2, let width = tensor.shape.last else { return tensor }
  return tensor.reshaped([tensor.shape.dropLast().reduce(1, *), width])
}

/// The tensor as a vector.
func flat(_ tensor: Tensor) -> Tensor { tensor.reshaped([tensor.count]) }
