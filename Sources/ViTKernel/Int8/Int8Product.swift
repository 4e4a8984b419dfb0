import CKernels

/// Where packed matrices and the sums of their columns lie in a workspace.
struct PackedLayout {
  let rows: Int
  let columns: Int
  /// Number of matrices.
  let count: Int
  let sumsAt: Int
  let byteCount: Int

  /// The layout of matrices [..., K, N], or [..., N, K] where `transposed`; [K] is one column.
  init(_ shape: [Int], transposed: Bool, _ kernels: KernelSet) {
    let last = shape.last ?? 1
    if shape.count < 2 {
      (rows, columns, count) = (last, 1, 1)
    } else {
      let previous = shape[shape.count - 2]
      (rows, columns) = transposed ? (last, previous) : (previous, last)
      count = shape[..<(shape.count - 2)].reduce(1, *)
    }
    sumsAt = TensorStorage.aligned(count * vitq_int8_packed_bytes(kernels.int8, rows, columns))
    let sums = count * vitq_int8_packed_columns(kernels.int8, columns)
    byteCount = sumsAt + TensorStorage.aligned(sums * MemoryLayout<Int32>.size)
  }
}

/// A packed `B` as a product reads it.
struct Int8Factor {
  let rows: Int
  let columns: Int
  let batchShape: ArraySlice<Int>
  let elementType: ElementType
  let zeroPoint: Tensor?
  let packed: UnsafePointer<Int8>?
  let columnSums: UnsafePointer<Int32>?
  /// Bytes at the beginning of the workspace that hold it.
  let workspaceBytes: Int
  /// Nil where it was packed just now, for the kernels that will read it.
  let instructionSet: InstructionSet?

  init(_ matrix: PackedInt8Matrix, _ zeroPoint: Tensor?) {
    rows = matrix.rows
    columns = matrix.columns
    batchShape = matrix.batchShape[...]
    elementType = matrix.elementType
    self.zeroPoint = zeroPoint
    packed = matrix.packed.bytes.assumingMemoryBound(to: Int8.self).baseAddress
    columnSums = matrix.columnSums.buffer(of: Int32.self).baseAddress
    workspaceBytes = 0
    instructionSet = matrix.instructionSet
  }

  init(
    _ b: Tensor, _ zeroPoint: Tensor?, _ layout: PackedLayout,
    packed: UnsafeMutableRawBufferPointer, sums: UnsafeMutableRawBufferPointer
  ) {
    rows = layout.rows
    columns = layout.columns
    batchShape = b.shape.dropLast(2)
    elementType = b.elementType
    self.zeroPoint = zeroPoint
    self.packed = UnsafePointer(packed.assumingMemoryBound(to: Int8.self).baseAddress)
    columnSums = UnsafePointer(sums.assumingMemoryBound(to: Int32.self).baseAddress)
    workspaceBytes = layout.byteCount
    instructionSet = nil
  }
}

/// A product whose shapes and types have been checked.
struct Int8Product {
  let a: Tensor
  let factor: Int8Factor
  private(set) var arguments = vitq_int8_gemm()

  init(_ a: Tensor, _ zeroPoint: Tensor?, _ factor: Int8Factor) throws(KernelError) {
    self.a = a
    self.factor = factor
    try requireBytes(a, "A")
    if let zeroPoint, zeroPoint.count != 1 { throw .unsupported("a zero point for each row of A") }
    try requireZeroPoint(zeroPoint, of: a.elementType, count: 1, "A")
    try requireZeroPoint(
      factor.zeroPoint, of: factor.elementType, count: factor.columns, "B")
    try require(
      a.shape.last == factor.rows,
      "A of shape \(a.shape) does not fit B's \(factor.rows) rows")
    arguments.k = factor.rows
    arguments.n = factor.columns
    arguments.a = a.bytePointer
    arguments.a_stride = factor.rows
    // int8 is shifted to uint8, and its zero point with it.
    arguments.a_zero = (zeroPoint?.onlyByte ?? 0) + (a.elementType == .int8 ? 128 : 0)
    arguments.b = factor.packed
    arguments.b_column_sums = factor.columnSums
    arguments.b_zero = factor.zeroPoint?.bytePointer
    arguments.b_zero_step = factor.zeroPoint?.count == 1 ? 0 : 1
    arguments.b_flip = factor.elementType == .uint8 ? 0x80 : 0
    try setBatches()
  }

  /// Rows of all of A's matrices.
  var rows: Int { a.shape.dropLast().reduce(1, *) }

  var resultCount: Int { arguments.batches.count * arguments.m * arguments.n }

  private mutating func setBatches() throws(KernelError) {
    if factor.batchShape.allSatisfy({ $0 == 1 }) {
      // All rows of all batches meet the same B.
      arguments.m = a.shape.dropLast().reduce(1, *)
      arguments.batches.count = 1
      return
    }
    arguments.m = a.shape.dropLast().last ?? 1
    let fits = a.shape.dropLast(2).withUnsafeBufferPointer { a in
      factor.batchShape.withUnsafeBufferPointer { b in
        vitq_batches_make(&arguments.batches, a.baseAddress, a.count, b.baseAddress, b.count)
      }
    }
    try require(
      fits, "batches of A, \(a.shape), do not broadcast against B's, \(Array(factor.batchShape))")
  }
}
