/// Weights of few bits in blocks with a scale each.
extension Reference {
  /// MatMulNBits of com.microsoft: `a` [..., K] times the weight, and `bias` [N] where there is one.
  ///
  /// The other parameters are those of ``blockWeight(_:scales:zeroPoints:groups:_:)``; where `b` has no
  /// element the product is zero.
  public static func matMulNBits(
    _ a: Tensor, _ b: Tensor, scales: Tensor, zeroPoints: Tensor? = nil, groups: Tensor? = nil,
    bias: Tensor? = nil, _ parameters: BlockWeightParameters
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.matMulNBits(a.shape, parameters)
    var product = Tensor(a.elementType, shape: shape)
    if b.count > 0 {
      let weight = try blockWeight(
        b, scales: scales, zeroPoints: zeroPoints, groups: groups, parameters)
      product = try matMul(a, try transpose(weight))
    }
    guard let bias else { return product }
    guard bias.count == parameters.outputs else {
      throw .invalid("MatMulNBits: bias of shape \(bias.shape) for \(parameters.outputs) columns")
    }
    return try binary(.add, product, bias.reshaped([bias.count]))
  }

  /// The float32 weight [N, K] that MatMulNBits stores: `(element - zero point) * scale`.
  ///
  /// - Parameters:
  ///   - b: uint8, N rows of blocks, the first element of a block in the lowest bits.
  ///   - scales: float32, one for each block of each row.
  ///   - zeroPoints: As many floats; or uint8, packed as the elements are, each row beginning a byte;
  ///     absent: half of the elements' range.
  ///   - groups: int32 [K], the block whose parameters a column has; absent: the one it lies in.
  public static func blockWeight(
    _ b: Tensor, scales: Tensor, zeroPoints: Tensor? = nil, groups: Tensor? = nil,
    _ parameters: BlockWeightParameters
  ) throws(KernelError) -> Tensor {
    let (rows, columns, blocks) = (parameters.outputs, parameters.inputs, parameters.blocks)
    guard b.elementType == .uint8, b.count == rows * blocks * parameters.blockBytes else {
      throw .invalid(
        "MatMulNBits: \(b.elementType) weight of shape \(b.shape) for \(rows) rows of \(blocks) "
          + "blocks of \(parameters.blockBytes) bytes")
    }
    guard scales.elementType == .float32, scales.count == rows * blocks else {
      throw .invalid(
        "MatMulNBits: \(scales.elementType) scales of shape \(scales.shape) for \(rows) rows of "
          + "\(blocks) blocks")
    }
    let blockOf = try groups.map { groups throws(KernelError) in
      try blockIndices(groups, parameters)
    }
    let zeros = try blockZeroPoints(zeroPoints, parameters)
    let places = blockOf ?? (0..<columns).map { $0 / parameters.blockSize }
    let result = Tensor(.float32, shape: [rows, columns])
    let (bits, rowBytes) = (parameters.bits, blocks * parameters.blockBytes)
    let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
    b.withElements(of: UInt8.self) { packed in
      scales.withElements(of: Float.self) { scales in
        result.withMutableElements(of: Float.self) { elements in
          for row in 0..<rows {
            for column in 0..<columns {
              let byte = packed[row * rowBytes + column * bits / 8]
              let element = byte >> UInt8(column * bits % 8) & mask
              let block = row * blocks + places[column]
              elements[row * columns + column] = (Float(element) - zeros[block]) * scales[block]
            }
          }
        }
      }
    }
    return result
  }

  private static func blockIndices(
    _ groups: Tensor, _ parameters: BlockWeightParameters
  ) throws(KernelError) -> [Int] {
    let indices = try integers(groups)
    guard indices.count >= parameters.inputs,
      indices.allSatisfy({ (0..<parameters.blocks).contains($0) })
    else {
      throw .invalid(
        "MatMulNBits: g_idx of shape \(groups.shape) for \(parameters.inputs) rows in "
          + "\(parameters.blocks) blocks")
    }
    return indices
  }

  /// The zero point of each block of each row.
  private static func blockZeroPoints(
    _ zeroPoints: Tensor?, _ parameters: BlockWeightParameters
  ) throws(KernelError) -> [Float] {
    let (rows, blocks, bits) = (parameters.outputs, parameters.blocks, parameters.bits)
    guard let zeroPoints else {
      return [Float](repeating: Float(1 << (bits - 1)), count: rows * blocks)
    }
    let isPacked = zeroPoints.elementType == .uint8
    let count = rows * (isPacked ? parameters.zeroPointBytes : blocks)
    guard isPacked || zeroPoints.elementType == .float32, zeroPoints.count == count else {
      throw .invalid(
        "MatMulNBits: \(zeroPoints.elementType) zero points of shape \(zeroPoints.shape); there must "
          + "be \(count) for \(rows) rows of \(blocks) blocks")
    }
    guard isPacked else { return zeroPoints.elements(of: Float.self) }
    let packed = zeroPoints.elements(of: UInt8.self)
    return (0..<rows).flatMap { row in
      (0..<blocks).map { block in
        let byte = packed[row * parameters.zeroPointBytes + block * bits / 8]
        return Float(byte >> UInt8(block * bits % 8) & UInt8(truncatingIfNeeded: 1 << bits - 1))
      }
    }
  }
}
