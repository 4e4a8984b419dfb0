import CKernels

/// Products of int8 or uint8 matrices, exact in int32 that wraps around as ONNX's does.
///
/// `A` is [..., M, K] and `B` [..., K, N]; the dimensions before the last two broadcast as in
/// numpy. A one-dimensional `A` is a row, a one-dimensional `B` a column. `A` has one zero point and
/// one scale; `B` has one of each, or one for each column.
extension Executor {
  /// float32 `y` = `epilogue((A - zeroPoint) * (B - zeroPoint) * (scale of A * scale of B))`.
  ///
  /// Rounded as in ONNX Runtime: the two scales' product, the product with the sum, then the bias,
  /// each to float32.
  ///
  /// - Parameters:
  ///   - workspace: At least ``int8ProductWorkspace(aShape:aType:)`` bytes.
  public func quantizedGemm(
    _ a: QuantizedTensor, _ b: PackedInt8Matrix, bScale: Tensor, bZeroPoint: Tensor? = nil,
    epilogue: Epilogue = Epilogue(), into y: Tensor, workspace: Tensor
  ) throws(KernelError) {
    let product = try Int8Product(a.values, a.zeroPoint, Int8Factor(b, bZeroPoint))
    try multiply(
      product, scales: ProductScales(a: .one(a.scale), b: bScale), epilogue: epilogue, into: y,
      workspace: workspace)
  }

  /// As ``quantizedGemm(_:_:bScale:bZeroPoint:epilogue:into:workspace:)``, with a scale and a lowest
  /// integer to each group of rows of `A`:
  /// `y` = `epilogue((A * (B - zeroPoint) + lowest of A * columnSums) * (scale of A * scale of B))`.
  ///
  /// - Parameters:
  ///   - columnSums: int32, one to each column: sums of `B - zeroPoint`.
  ///   - workspace: At least ``int8ProductWorkspace(aShape:aType:)`` bytes.
  public func quantizedGemm(
    _ a: RowQuantizedTensor, _ b: PackedInt8Matrix, bScale: Tensor, bZeroPoint: Tensor? = nil,
    columnSums: Tensor, epilogue: Epilogue = Epilogue(), into y: Tensor, workspace: Tensor
  ) throws(KernelError) {
    let product = try Int8Product(a.values, nil, Int8Factor(b, bZeroPoint))
    if b.batchShape.contains(where: { $0 != 1 }) {
      throw .unsupported("rows with scales of their own times several matrices")
    }
    try multiply(
      product, scales: ProductScales(a: .rows(a, columnSums), b: bScale), epilogue: epilogue,
      into: y, workspace: workspace)
  }

  /// MatMulInteger-10 with a packed `B`: int32 `y` = `(A - zeroPoint) * (B - zeroPoint)`.
  public func integerMatMul(
    _ a: Tensor, zeroPoint aZeroPoint: Tensor?, _ b: PackedInt8Matrix, bZeroPoint: Tensor? = nil,
    into y: Tensor, workspace: Tensor
  ) throws(KernelError) {
    let product = try Int8Product(a, aZeroPoint, Int8Factor(b, bZeroPoint))
    try multiply(product, scales: nil, epilogue: Epilogue(), into: y, workspace: workspace)
  }

  /// As ``quantizedGemm(_:_:bScale:bZeroPoint:epilogue:into:workspace:)``, with a `B` that is known
  /// only at run time and packed into the workspace.
  ///
  /// - Parameters:
  ///   - transposeB: `B` is [..., N, K].
  ///   - workspace: At least ``int8ProductWorkspace(aShape:aType:bShape:transposeB:)`` bytes.
  public func quantizedMatMul(
    _ a: QuantizedTensor, _ b: QuantizedTensor, transposeB: Bool = false,
    epilogue: Epilogue = Epilogue(), into y: Tensor, workspace: Tensor
  ) throws(KernelError) {
    let factor = try pack(b.values, b.zeroPoint, transposed: transposeB, into: workspace)
    let product = try Int8Product(a.values, a.zeroPoint, factor)
    try multiply(
      product, scales: ProductScales(a: .one(a.scale), b: b.scale), epilogue: epilogue, into: y,
      workspace: workspace)
  }

  /// MatMulInteger-10: int32 `y` = `(A - zeroPoint) * (B - zeroPoint)`.
  ///
  /// - Parameters:
  ///   - workspace: At least ``int8ProductWorkspace(aShape:aType:bShape:transposeB:)`` bytes.
  public func integerMatMul(
    _ a: Tensor, zeroPoint aZeroPoint: Tensor?, _ b: Tensor, bZeroPoint: Tensor?,
    into y: Tensor, workspace: Tensor
  ) throws(KernelError) {
    let factor = try pack(b, bZeroPoint, transposed: false, into: workspace)
    let product = try Int8Product(a, aZeroPoint, factor)
    try multiply(product, scales: nil, epilogue: Epilogue(), into: y, workspace: workspace)
  }

  /// Bytes of workspace for a product with a packed matrix: signed values of `A` are shifted there, and
  /// some kernels keep a form of `A` of their own there.
  public func int8ProductWorkspace(aShape: [Int], aType: ElementType) -> Int {
    let depth = aShape.last ?? 1
    let rows = aShape.dropLast().reduce(1, *)
    return TensorStorage.aligned(aType == .int8 ? rows * depth : 0)
      + vitq_int8_prepared_bytes(kernels.int8, rows, depth)
  }

  /// Bytes of workspace for a product with a `B` that is packed at run time.
  public func int8ProductWorkspace(
    aShape: [Int], aType: ElementType, bShape: [Int], transposeB: Bool = false
  ) -> Int {
    PackedLayout(bShape, transposed: transposeB, kernels).byteCount
      + int8ProductWorkspace(aShape: aShape, aType: aType)
  }

  private func pack(
    _ b: Tensor, _ zeroPoint: Tensor?, transposed: Bool, into workspace: Tensor
  ) throws(KernelError) -> Int8Factor {
    try requireBytes(b, "B")
    try require(b.shape.count >= 1, "B has no dimensions")
    let layout = PackedLayout(b.shape, transposed: transposed, kernels)
    try requireWorkspace(workspace, layout.byteCount)
    let packed = UnsafeMutableRawBufferPointer(rebasing: workspace.mutableBytes[..<layout.sumsAt])
    let sums = UnsafeMutableRawBufferPointer(
      rebasing: workspace.mutableBytes[layout.sumsAt..<layout.byteCount])
    packInt8(
      Int8Source(b, rows: layout.rows, columns: layout.columns, transposed: transposed),
      count: layout.count, into: packed, sums)
    return Int8Factor(b, zeroPoint, layout, packed: packed, sums: sums)
  }

  private func multiply(
    _ product: Int8Product, scales: ProductScales?, epilogue: Epilogue, into y: Tensor,
    workspace: Tensor
  ) throws(KernelError) {
    try require(
      product.factor.instructionSet == nil
        || product.factor.instructionSet == kernels.instructionSet,
      "B is packed for \(product.factor.instructionSet?.rawValue ?? "")")
    try require(epilogue.scale == nil, "a product of bytes with a factor of each column")
    try require(y.count == product.resultCount, "result has the wrong shape \(y.shape)")
    var gemm = product.arguments
    gemm.kernels = kernels.int8
    if let scales {
      try apply(scales, epilogue, y, to: &gemm)
    } else {
      try require(y.elementType == .int32, "result must be int32, not \(y.elementType)")
    }
    gemm.y = y.mutableBytes.baseAddress
    gemm.y_stride = gemm.n
    var used = product.factor.workspaceBytes
    if product.a.elementType == .int8 {
      gemm.a = try shifted(product.a, into: workspace, at: used)
      used += TensorStorage.aligned(product.a.byteCount)
    }
    if kernels.int8.pointee.prepare != nil {
      try prepare(&gemm, rows: product.rows, workspace: workspace, at: used)
    }
    parallel(vitq_int8_gemm_units(&gemm), vitq_int8_gemm_run, gemm)
  }

  private func apply(
    _ scales: ProductScales, _ epilogue: Epilogue, _ y: Tensor, to gemm: inout vitq_int8_gemm
  ) throws(KernelError) {
    try require(y.elementType == .float32, "result must be float32, not \(y.elementType)")
    try scales.a.apply(to: &gemm)
    try requireScale(scales.b, count: gemm.n, "B")
    gemm.b_scale = scales.b.buffer(of: Float.self).baseAddress
    gemm.b_scale_step = scales.b.count == 1 ? 0 : 1
    if let bias = epilogue.bias {
      try require(
        bias.elementType == .float32 && bias.count == gemm.n, "bias must be \(gemm.n) float32")
      gemm.bias = bias.buffer(of: Float.self).baseAddress
    }
    if let residual = epilogue.residual {
      try require(
        residual.elementType == .float32 && residual.count == y.count,
        "residual must be float32 of the result's shape")
      gemm.residual = residual.buffer(of: Float.self).baseAddress
    }
    gemm.activate = kernels.activate(epilogue.activation)
  }

  /// The values of int8 `a` plus 128, which are uint8.
  private func shifted(
    _ a: Tensor, into workspace: Tensor, at offset: Int
  ) throws(KernelError) -> UnsafePointer<UInt8>? {
    try requireWorkspace(workspace, offset + a.byteCount)
    let bytes = UnsafeMutableRawBufferPointer(rebasing: workspace.mutableBytes[offset...])
    let y = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    let blocks = Self.blocks(a.count)
    parallel(
      blocks, grain: grain(blocks), vitq_int8_flip_blocks,
      vitq_int8_flip(x: a.bytePointer, y: y, count: a.count))
    return UnsafePointer(y)
  }

  /// Brings `A` into the form that the kernels read.
  private func prepare(
    _ gemm: inout vitq_int8_gemm, rows: Int, workspace: Tensor, at offset: Int
  ) throws(KernelError) {
    try requireWorkspace(
      workspace, offset + vitq_int8_prepared_bytes(kernels.int8, rows, gemm.k))
    let bytes = UnsafeMutableRawBufferPointer(rebasing: workspace.mutableBytes[offset...])
    let prepared = vitq_int8_prepared_place(gemm.a, rows, gemm.k, bytes.baseAddress)
    parallel(rows, grain: grain(rows), kernels.int8.pointee.prepare, prepared)
    gemm.a = UnsafeRawPointer(prepared.values)?.assumingMemoryBound(to: UInt8.self)
    gemm.a_stride = prepared.stride
    gemm.a_zero -= Int32(prepared.center)
    gemm.prepared = prepared
  }

  private func requireWorkspace(_ workspace: Tensor, _ bytes: Int) throws(KernelError) {
    try require(
      workspace.byteCount >= bytes,
      "workspace of \(workspace.byteCount) bytes is too small for \(bytes)")
  }
}

/// What the integers of a product are multiplied by.
private struct ProductScales {
  let a: LeftScales
  let b: Tensor
}

/// The scales of `A`.
private enum LeftScales {
  /// One for all rows.
  case one(Tensor)
  /// One to each group of rows, and the sums of B's columns, which go with the lowest integers.
  case rows(RowQuantizedTensor, Tensor)

  func apply(to gemm: inout vitq_int8_gemm) throws(KernelError) {
    switch self {
    case .one(let scale):
      try require(scale.elementType == .float32, "scale of A must be float32")
      if scale.count != 1 { throw .unsupported("\(scale.count) scales of A") }
      gemm.a_scale = scale.buffer(of: Float.self)[0]
    case .rows(let a, let columnSums):
      try require(
        columnSums.elementType == .int32 && columnSums.count == gemm.n,
        "sums of columns must be \(gemm.n) int32")
      gemm.a_scale = 1
      gemm.a_group = try a.groupSize()
      gemm.a_scales = a.scale.buffer(of: Float.self).baseAddress
      gemm.a_lowest = a.lowest.buffer(of: Int32.self).baseAddress
      gemm.a_factor = columnSums.buffer(of: Int32.self).baseAddress
    }
  }
}
