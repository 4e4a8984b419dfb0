import CBLAS
import CKernels

/// The OpenBLAS that this program runs with.
public enum OpenBLAS {
  /// Its version and how it was built, as it says itself.
  public static var version: String { text(openblas_get_config()) }

  /// The processor family whose kernels it chose.
  public static var kernelName: String { text(openblas_get_corename()) }

  private static func text(_ characters: UnsafePointer<CChar>?) -> String {
    characters.map { String(cString: $0) } ?? "unknown"
  }
}

extension Executor {
  /// Multiplies over OpenBLAS: `output = epilogue(alpha a b + beta c)` with the plan's factors.
  ///
  /// - Parameters:
  ///   - c: Gemm's C, or nil; its shape is the plan's.
  ///   - plan: The plan for the operands' shapes.
  ///   - epilogue: What becomes of the result; its residual must not be `output`.
  ///   - output: float32 of the plan's shape; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where tensors do not fit the plan.
  public func multiply(
    _ a: Tensor, _ b: Tensor, c: Tensor? = nil, plan: ProductPlan,
    epilogue: Epilogue = Epilogue(), into output: Tensor
  ) throws(KernelError) {
    try a.requireFloat("A")
    try b.requireFloat("B")
    try output.requireWritableFloat("the product")
    try require(
      a.shape == plan.aShape && b.shape == plan.bShape && c?.shape == plan.cShape,
      "A \(a.shape) and B \(b.shape), planned for \(plan.aShape) and \(plan.bShape)")
    try require(
      output.count == plan.shape.reduce(1, *), "a product \(plan.shape) into \(output.shape)")
    try require(
      max(plan.rows, plan.columns, plan.depth) <= Int(Int32.max),
      "OpenBLAS can't multiply \(plan.aShape) by \(plan.bShape): a dimension is too large")
    let rows = plan.batches * plan.rows
    let finish = try epilogue.arguments(rows: rows, columns: plan.columns)
    guard output.count > 0 else { return }
    var beta: Float = 0
    if let c, let broadcast = plan.broadcastC, plan.parameters.beta != 0 {
      try copy(broadcast, from: c, into: output)
      beta = plan.parameters.beta
    }
    let product = Product(
      plan: plan, beta: beta, a: a.floats, b: b.floats, c: output.mutableFloats,
      epilogue: finish, hasEpilogue: !epilogue.isEmpty, finish: float.finish)
    parallel(product.count, Product.task, product)
  }

  /// Multiplies over OpenBLAS: ONNX MatMul-13.
  ///
  /// - Throws: ``KernelError`` where the shapes do not fit together or `output` does not fit them.
  public func matMul(_ a: Tensor, _ b: Tensor, into output: Tensor) throws(KernelError) {
    try multiply(a, b, plan: ProductPlan(matMul: a.shape, b.shape), into: output)
  }
}

extension Epilogue {
  fileprivate var isEmpty: Bool {
    bias == nil && activation == .none && residual == nil && scale == nil
  }
}

/// A product cut into blocks, each of which is one call of OpenBLAS.
///
/// The cut depends on the shape alone: OpenBLAS may add up a block in another order than a larger
/// one, and results must not depend on the number of threads.
private struct Product {
  let plan: ProductPlan
  let beta: Float
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let c: UnsafeMutablePointer<Float>
  let epilogue: vitq_f32_epilogue
  let hasEpilogue: Bool
  let finish: @convention(c) (UnsafePointer<vitq_f32_finish>?) -> Void

  // Wide enough for OpenBLAS to reach its speed in spite of packing the other operand each time.
  static let blockSize = 192

  var cutsColumns: Bool { plan.columns >= plan.rows }
  var blocks: Int {
    max(1, (cutsColumns ? plan.columns : plan.rows) / Self.blockSize)
  }
  var count: Int { plan.batches * blocks }

  static let task: vitq_task = { context, begin, end, _ in
    guard let product = context?.assumingMemoryBound(to: Product.self).pointee else { return }
    for item in begin..<end {
      product.multiply(batch: item / product.blocks, block: item % product.blocks)
    }
  }

  /// The range of the dimension that is cut, in multiples of 16 so that vectors stay whole.
  private func range(of block: Int) -> Range<Int> {
    let length = cutsColumns ? plan.columns : plan.rows
    func bound(_ place: Int) -> Int {
      place == blocks ? length : length * place / blocks / 16 * 16
    }
    return bound(block)..<bound(block + 1)
  }

  private func multiply(batch: Int, block: Int) {
    let cut = range(of: block)
    let rows = cutsColumns ? 0..<plan.rows : cut
    let columns = cutsColumns ? cut : 0..<plan.columns
    var aBatch = 0
    var bBatch = 0
    var rest = batch
    for place in (0..<plan.batchRank).reversed() {
      let index = rest % plan.batchDims[place]
      rest /= plan.batchDims[place]
      aBatch += index * plan.aBatchStrides[place]
      bBatch += index * plan.bBatchStrides[place]
    }
    let transposeA = plan.parameters.transposeA
    let transposeB = plan.parameters.transposeB
    let firstA = rows.lowerBound * (transposeA ? 1 : plan.depth)
    let firstB = columns.lowerBound * (transposeB ? plan.depth : 1)
    let firstC = (batch * plan.rows + rows.lowerBound) * plan.columns + columns.lowerBound
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(rows.count), blasint(columns.count), blasint(plan.depth), plan.parameters.alpha,
      a + aBatch * plan.rows * plan.depth + firstA,
      blasint(max(1, transposeA ? plan.rows : plan.depth)),
      b + bBatch * plan.depth * plan.columns + firstB,
      blasint(max(1, transposeB ? plan.depth : plan.columns)), beta, c + firstC,
      blasint(plan.columns))
    if hasEpilogue {
      applyEpilogue(rows: rows.count, columns: columns, to: firstC)
    }
  }

  /// While the block is in the cache.
  private func applyEpilogue(rows: Int, columns: Range<Int>, to first: Int) {
    let part = vitq_f32_epilogue(
      bias: epilogue.bias.map { $0 + columns.lowerBound }, row_bias: nil,
      activation: epilogue.activation, scale: epilogue.scale.map { $0 + columns.lowerBound },
      residual: epilogue.residual.map { $0 + first }, residual_stride: epilogue.residual_stride)
    var arguments = vitq_f32_finish(
      rows: rows, columns: columns.count, y: c + first, y_stride: plan.columns, epilogue: part)
    finish(&arguments)
  }
}
