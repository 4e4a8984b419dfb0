/// Einsum of two float32 operands as a batch of matrix products: both are brought into order, multiplied,
/// and the product is brought into the order of the result.
public struct EinsumProduct: Sendable {
  /// The product itself.
  public let plan: ProductPlan
  /// Nil where an operand is in order already.
  private let left: StridedCopy?
  private let right: StridedCopy?
  private let back: StridedCopy?
  private let counts: [Int]

  /// Nil where the equation is no product of matrices, or no kernel takes its shapes.
  public init?(_ equation: EinsumEquation, _ a: [Int], _ b: [Int]) throws(KernelError) {
    let einsum = try EinsumPlan(equation, shapes: [a, b])
    let kept = einsum.labels.count - einsum.summed
    let wide = einsum.labels.indices.filter { einsum.extents[$0] != 1 }
    let inA = wide.filter { einsum.members[0].contains($0) }
    let inB = wide.filter { einsum.members[1].contains($0) }
    let batch = inA.filter { inB.contains($0) && $0 < kept }
    let depth = inA.filter { inB.contains($0) && $0 >= kept }
    let rows = inA.filter { !inB.contains($0) }
    let columns = inB.filter { !inA.contains($0) }
    // What only one operand has and the result has not would have to be summed beforehand.
    guard (rows + columns).allSatisfy({ $0 < kept }), !einsum.extents.contains(0) else {
      return nil
    }
    func size(_ labels: [Int]) -> Int { labels.reduce(1) { $0 * einsum.extents[$1] } }
    let (b3, m, k, n) = (size(batch), size(rows), size(depth), size(columns))
    do {
      plan = try ProductPlan(matMul: [b3, m, k], [b3, k, n])
      left = try Self.copy(batch + rows + depth, einsum.strides[0], einsum.extents)
      right = try Self.copy(batch + depth + columns, einsum.strides[1], einsum.extents)
      // From the product's order to the result's.
      let order = batch + rows + columns
      let strides = ShapeRules.strides(order.map { einsum.extents[$0] })
      let places = wide.filter { $0 < kept }
      back = try Self.copy(
        places,
        einsum.labels.indices.map { label in
          order.firstIndex(of: label).map { strides[$0] } ?? 0
        }, einsum.extents)
    } catch .unsupported {
      return nil
    }
    counts = [
      left == nil ? 0 : b3 * m * k, right == nil ? 0 : b3 * k * n, back == nil ? 0 : b3 * m * n,
    ]
  }

  /// The copy of a grid over `labels`, or nil where that is how the elements lie.
  private static func copy(
    _ labels: [Int], _ strides: [Int], _ extents: [Int]
  ) throws(KernelError) -> StridedCopy? {
    let dims = labels.map { extents[$0] }
    let (source, target) = (labels.map { strides[$0] }, ShapeRules.strides(dims))
    return source == target
      ? nil : try StridedCopy(dims: dims, sourceStrides: source, destinationStrides: target)
  }

  /// Bytes of scratch memory.
  public var workspace: Int { offsets[3] }

  /// Where each rearranged tensor begins in the workspace, and where the last one ends.
  private var offsets: [Int] {
    counts.reduce(into: [0]) { offsets, count in
      offsets.append(offsets[offsets.count - 1] + TensorStorage.aligned(count * 4))
    }
  }

  /// `tensor` rearranged by `copy` into place `index` of the workspace.
  fileprivate func arranged(
    _ tensor: Tensor, _ index: Int, shape: [Int], _ executor: Executor, _ workspace: Tensor
  ) throws(KernelError) -> Tensor {
    guard let copy = index == 0 ? left : right else {
      try require(tensor.count == shape.reduce(1, *), "Einsum of \(tensor.shape) as \(shape)")
      return tensor.reshaped(shape)
    }
    let target = workspace.view(.float32, shape: shape, at: offsets[index])
    try executor.copy(copy, from: tensor, into: target)
    return target
  }

  fileprivate func product(_ output: Tensor, _ workspace: Tensor) -> Tensor {
    back == nil
      ? output.reshaped(plan.shape)
      : workspace.view(.float32, shape: plan.shape, at: offsets[2])
  }

  fileprivate func finish(
    _ product: Tensor, _ executor: Executor, into output: Tensor
  ) throws(KernelError) {
    if let back { try executor.copy(back, from: product, into: output) }
  }
}

extension Executor {
  /// Einsum of two operands as `einsum` says.
  ///
  /// - Parameters:
  ///   - a: float32 of the shape that `einsum` was made for; so is `b`.
  ///   - workspace: uint8, at least ``EinsumProduct/workspace`` bytes.
  ///   - output: float32 of the result's shape; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit.
  public func einsum(
    _ a: Tensor, _ b: Tensor, _ einsum: EinsumProduct, workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    try require(
      workspace.byteCount >= einsum.workspace,
      "Einsum's workspace has \(workspace.byteCount) bytes of \(einsum.workspace)")
    let left = try einsum.arranged(a, 0, shape: einsum.plan.aShape, self, workspace)
    let right = try einsum.arranged(b, 1, shape: einsum.plan.bShape, self, workspace)
    let product = einsum.product(output, workspace)
    try multiply(left, right, plan: einsum.plan, into: product)
    try einsum.finish(product, self, into: output)
  }
}
