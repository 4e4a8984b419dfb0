import CKernels

/// A matrix of int8 or uint8, or a batch of them, in the layout that one instruction set's kernel
/// reads, with the sums of its columns.
///
/// uint8 is stored as int8 by subtracting 128 from values and zero point, which changes no product.
public final class PackedInt8Matrix: Sendable {
  /// Rows: the length of a product's sum.
  public let rows: Int
  /// Columns.
  public let columns: Int
  /// Dimensions before the last two.
  public let batchShape: [Int]
  /// int8 or uint8: what the matrix was given as.
  public let elementType: ElementType
  /// Instruction set whose kernel reads the layout.
  public let instructionSet: InstructionSet
  let packed: Tensor
  let columnSums: Tensor

  /// Packs `matrix`, int8 or uint8 of shape [..., K, N] or, where `transposed`, [..., N, K].
  ///
  /// - Throws: ``KernelError/invalid(_:)`` for another type, or fewer than two dimensions.
  public init(
    _ matrix: Tensor, transposed: Bool = false, for executor: Executor
  ) throws(KernelError) {
    try requireBytes(matrix, "B")
    try require(matrix.shape.count >= 2, "B has the shape \(matrix.shape), not a matrix's")
    rows = matrix.shape[matrix.shape.count - (transposed ? 1 : 2)]
    columns = matrix.shape[matrix.shape.count - (transposed ? 2 : 1)]
    batchShape = Array(matrix.shape.dropLast(2))
    elementType = matrix.elementType
    instructionSet = executor.kernels.instructionSet
    let batches = batchShape.reduce(1, *)
    let int8 = executor.kernels.int8
    packed = Tensor(.uint8, shape: [batches * vitq_int8_packed_bytes(int8, rows, columns)])
    columnSums = Tensor(.int32, shape: [batches * vitq_int8_packed_columns(int8, columns)])
    executor.packInt8(
      Int8Source(matrix, rows: rows, columns: columns, transposed: transposed), count: batches,
      into: packed.mutableBytes, columnSums.mutableBytes)
  }

  /// Bytes that the packed matrix takes, sums included.
  public var byteCount: Int { packed.byteCount + columnSums.byteCount }
}

/// Matrices [rows, columns] of bytes as they lie in a tensor.
struct Int8Source {
  let rows: Int
  let columns: Int
  let matrix: vitq_int8_matrix

  init(_ tensor: Tensor, rows: Int, columns: Int, transposed: Bool) {
    self.rows = rows
    self.columns = columns
    matrix = vitq_int8_matrix(
      data: tensor.bytePointer, row_stride: transposed ? 1 : columns,
      column_stride: transposed ? rows : 1, flip: tensor.elementType == .uint8 ? 0x80 : 0)
  }
}

extension Executor {
  /// Packs `count` matrices of `source` that follow each other.
  func packInt8(
    _ source: Int8Source, count: Int, into packed: UnsafeMutableRawBufferPointer,
    _ columnSums: UnsafeMutableRawBufferPointer
  ) {
    let panels = (source.columns + kernels.int8.pointee.nr - 1) / kernels.int8.pointee.nr
    parallel(
      count * panels, vitq_int8_pack_panels,
      vitq_int8_packing(
        kernels: kernels.int8, k: source.rows, n: source.columns, b: source.matrix,
        b_matrix_stride: source.rows * source.columns,
        packed: packed.baseAddress?.assumingMemoryBound(to: Int8.self),
        column_sums: columnSums.baseAddress?.assumingMemoryBound(to: Int32.self)))
  }
}
