import ViTKernel

/// Chooses the kernel of each node.
///
/// A node whose types or shapes no kernel takes is computed by the plain reference.
struct Lowering {
  /// Name of the steps that have no kernel.
  static let referenceName = "reference"

  let graph: OperatorGraph
  let executor: Executor
  let weights: WeightCache

  /// The products of `node`: elements of the result times the length of the sum behind each.
  func work(_ node: OperatorNode, depth: Int, _ arithmetic: Arithmetic) -> Work {
    Work(
      multiplyAdds: shape(node, output: 0).reduce(1, *) * depth, arithmetic: arithmetic)
  }

  /// The kernel of `node`.
  ///
  /// - Throws: ``KernelError`` where there is neither a kernel nor a reference.
  func lower(_ node: OperatorNode) throws(KernelError) -> LoweredNode {
    switch node.op {
    case .fused(let fused): return try lower(fused, node)
    default: return try kernel(for: node) ?? reference(node)
    }
  }

  /// A kernel for one of ONNX's operators; nil where the reference must do.
  private func kernel(for node: OperatorNode) throws(KernelError) -> LoweredNode? {
    switch node.op {
    case .matMul, .gemm, .conv, .matMulInteger: return try product(node)
    case .unary, .binary, .softmax, .layerNormalization: return try elementwise(node)
    case .reduce(let operation, let axes, _, let noop):
      return try reduction(node, operation, axes: axes, emptyMeansNone: noop)
    case .dynamicQuantizeLinear: return dynamicQuantize(node)
    case .quantizeLinear, .dequantizeLinear: return try linearQuantization(node)
    case .clip, .variadic: return try elementwise(node)
    case .select, .comparison, .cast, .castLike, .narrow: return try elements(node)
    case .transpose, .concat, .split, .slice, .gather, .expand, .tile, .pad:
      return try movement(node)
    case .constantOfShape(let value): return fill(node, with: value)
    case .image(let op): return try op.kernel(for: node, in: self)
    case .indexing(let op): return try op.kernel(for: node, in: self)
    case .transformer(let op): return try op.kernel(for: node, in: self)
    case .quantized(let op): return try op.kernel(for: node, in: self)
    default: return nil
    }
  }

  /// The plain reference of `node`, which allocates its results.
  func reference(_ node: OperatorNode) -> LoweredNode {
    let executed = node.op
    let elements = (node.inputs + node.outputs).reduce(executed.innerElements(node, in: graph)) {
      $0 + ($1.map { graph.shape($0).reduce(1, *) } ?? 0)
    }
    // It computes in 64 bits and writes a tensor from that.
    return LoweredNode(
      name: Self.referenceName, temporaryBytes: 2 * MemoryLayout<Double>.size * elements
    ) { binding throws(KernelError) in
      let operands = Operands(tensors: node.inputs.indices.map { binding.optionalInput($0) })
      let outputs = node.outputs.indices.map { binding.optionalOutput($0) }
      return { () throws(KernelError) in
        let results = try executed.evaluate(operands, outputs: outputs.count)
        for (output, result) in zip(outputs, results) { output?.copyElements(from: result) }
      }
    }
  }

  /// What `body` gives; nil where no kernel takes the shapes, so that the reference must do.
  func supported<Result>(
    _ body: () throws(KernelError) -> Result
  ) throws(KernelError) -> Result? {
    do {
      return try body()
    } catch .unsupported {
      return nil
    }
  }

  func shape(_ node: OperatorNode, input position: Int) -> [Int] {
    node.input(position).map { graph.shape($0) } ?? []
  }

  func shape(_ node: OperatorNode, output position: Int) -> [Int] {
    node.outputs[position].map { graph.shape($0) } ?? []
  }

  func type(_ id: ValueID?) -> ElementType? { id.flatMap { graph[$0].type } }

  /// True where all inputs that are there and the first output hold float32.
  func isFloat(_ node: OperatorNode) -> Bool {
    (node.inputs + node.outputs.prefix(1)).allSatisfy { id in
      id.map { graph[$0].type == .float32 } ?? true
    }
  }

  /// The constant that an input must be.
  func constant(_ node: OperatorNode, _ position: Int) throws(KernelError) -> Constant {
    guard let id = node.input(position), let constant = graph[id].constant else {
      throw .invalid("input \(position) is not constant")
    }
    return constant
  }
}
