import CKernels

/// A constant float32 matrix B [depth, columns] in the order in which a product reads it.
public final class PackedFloatMatrix: Sendable {
  /// Rows of B: the product's inner dimension.
  public let depth: Int
  /// Columns of B and of the product.
  public let columns: Int
  let instructionSet: InstructionSet
  let panels: Tensor

  /// Packs `b`, [depth, columns] or, where `transposed`, [columns, depth], on `executor`'s threads.
  ///
  /// `b` need not be aligned.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where `b` is not a float32 matrix.
  public init(
    _ b: Tensor, transposed: Bool = false, for executor: Executor
  ) throws(KernelError) {
    try b.requireFloat("a matrix to pack")
    try require(b.shape.count == 2, "a matrix to pack has shape \(b.shape)")
    depth = b.shape[transposed ? 1 : 0]
    columns = b.shape[transposed ? 0 : 1]
    instructionSet = executor.kernels.instructionSet
    let width = executor.kernels.float.pointee.panel
    panels = Tensor(.float32, shape: [(columns + width - 1) / width, depth, width])
    var packing = vitq_f32_packing(
      b: b.bytes.baseAddress, depth: depth, columns: columns, transposed: transposed,
      panel: width, packed: panels.mutableFloats)
    executor.parallel(vitq_f32_pack_items(&packing), vitq_f32_pack_task, packing)
  }

  /// Bytes that the packed elements take.
  public var byteCount: Int { panels.byteCount }
}

extension Executor {
  /// Multiplies by a packed matrix: `output = epilogue(a b)`.
  ///
  /// - Parameters:
  ///   - a: float32 with elements [rows, depth]; its leading dimensions count as rows.
  ///   - b: The matrix, packed for this executor's instruction set.
  ///   - epilogue: What becomes of the product; its residual may be `output`.
  ///   - output: float32 with rows x columns elements; not `a`.
  /// - Throws: ``KernelError/invalid(_:)`` where the operands do not fit together.
  public func multiply(
    _ a: Tensor, _ b: PackedFloatMatrix, epilogue: Epilogue = Epilogue(), into output: Tensor
  ) throws(KernelError) {
    try a.requireFloat("A")
    try output.requireWritableFloat("the product")
    try require(
      a.shape.last == b.depth,
      "A of shape \(a.shape) can't be multiplied by B [\(b.depth), \(b.columns)]")
    let rows = a.shape.dropLast().reduce(1, *)
    try require(
      output.count == rows * b.columns,
      "the product of A \(a.shape) and B [\(b.depth), \(b.columns)] has shape \(output.shape)")
    try multiply(
      rows: rows, a.floats, b, epilogue.arguments(rows: rows, columns: b.columns),
      output.mutableFloats, stride: b.columns)
  }

  func multiply(
    rows: Int, _ a: UnsafePointer<Float>, _ b: PackedFloatMatrix, _ epilogue: vitq_f32_epilogue,
    _ c: UnsafeMutablePointer<Float>, stride: Int
  ) throws(KernelError) {
    try require(
      b.instructionSet == kernels.instructionSet,
      "B is packed for \(b.instructionSet), not for \(kernels.instructionSet)")
    guard rows > 0, b.columns > 0 else { return }
    let panels = b.panels.shape[0]
    let block = rowBlock(rows: rows, panels: panels)
    let arguments = vitq_f32_gemm(
      rows: rows, columns: b.columns, depth: b.depth, a: a, a_stride: b.depth, b: b.panels.floats,
      c: c, c_stride: stride, epilogue: epilogue, row_block: block)
    parallel((rows + block - 1) / block * panels, float.gemm, arguments)
  }

  /// Rows that one task multiplies by one panel: few enough to stay in the second-level cache beside
  /// the panel, and for every thread to get several tasks, so that none waits long for the others.
  func rowBlock(rows: Int, panels: Int) -> Int {
    let largest = 216
    let smallest = 24
    let tasks = 16 * pool.threadCount
    var blocks = (rows + largest - 1) / largest
    while blocks * panels < tasks && rows > blocks * smallest { blocks += 1 }
    let tile = float.tile_rows
    return ((rows + blocks - 1) / blocks + tile - 1) / tile * tile
  }
}
