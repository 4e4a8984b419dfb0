extension Reference {
  /// MatMul of floats or of integers of 32 or 64 bits, with numpy's rules.
  public static func matMul(_ a: Tensor, _ b: Tensor) throws(KernelError) -> Tensor {
    try requireSameType("MatMul", a, b)
    let shape = try ShapeRules.matMul(a.shape, b.shape)
    switch a.elementType {
    case .float32, .float64:
      let values = try products(
        doubles(a), a.shape, doubles(b), b.shape, zero: 0.0, add: { $0 += $1 * $2 })
      return tensor(values, shape: shape, as: a.elementType)
    case .int32, .int64, .uint32, .uint64:
      let (x, y) = (cast(a, to: .int64), cast(b, to: .int64))
      let values = try products(
        x.elements(of: Int64.self), a.shape, y.elements(of: Int64.self), b.shape, zero: 0,
        add: { $0 = $0 &+ $1 &* $2 })
      return cast(Tensor(values, shape: shape), to: a.elementType)
    default: throw .unsupported("MatMul of \(a.elementType)")
    }
  }

  /// Gemm of float32 or float64: `alpha * A' * B' + beta * C`.
  public static func gemm(
    _ a: Tensor, _ b: Tensor, c: Tensor? = nil, _ parameters: GemmParameters = GemmParameters()
  ) throws(KernelError) -> Tensor {
    try requireFloat("Gemm", a)
    try requireSameType("Gemm", a, b, c ?? a)
    let shape = try ShapeRules.gemm(a.shape, b.shape, c: c?.shape, parameters)
    let left = parameters.transposeA ? try transpose(a) : a
    let right = parameters.transposeB ? try transpose(b) : b
    var values = try products(
      doubles(left), left.shape, doubles(right), right.shape, zero: 0.0, add: { $0 += $1 * $2 })
    for index in values.indices { values[index] *= Double(parameters.alpha) }
    if let c, parameters.beta != 0 {
      for (index, term) in doubles(try expanded(c, to: shape)).enumerated() {
        values[index] += Double(parameters.beta) * term
      }
    }
    return tensor(values, shape: shape, as: a.elementType)
  }

  /// MatMulInteger: `(A - aZeroPoint) * (B - bZeroPoint)` of int8 or uint8 in int32, which wraps.
  ///
  /// - Parameters:
  ///   - aZeroPoint: Of A's type: a scalar, or one value for each row, [M] or [..., M, 1].
  ///   - bZeroPoint: Of B's type: a scalar, or one value for each column, [N] or [..., 1, N].
  public static func matMulInteger(
    _ a: Tensor, _ b: Tensor, aZeroPoint: Tensor? = nil, bZeroPoint: Tensor? = nil
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.matMul(a.shape, b.shape)
    var rows = aZeroPoint
    if let zeroPoint = aZeroPoint, zeroPoint.shape.count == 1, zeroPoint.count > 1 {
      rows = zeroPoint.reshaped([zeroPoint.count, 1])
    }
    let x = try centred(a, rows, name: "MatMulInteger")
    let y = try centred(b, bZeroPoint, name: "MatMulInteger")
    let values = try products(
      x, a.shape, y, b.shape, zero: Int32(0), add: { $0 = $0 &+ $1 &* $2 })
    return Tensor(values, shape: shape)
  }

  /// int8 or uint8 elements less their zero point, which broadcasts to them.
  static func centred(
    _ x: Tensor, _ zeroPoint: Tensor?, name: String
  ) throws(KernelError) -> [Int32] {
    guard x.elementType == .int8 || x.elementType == .uint8 else {
      throw .unsupported("\(name) of \(x.elementType)")
    }
    let values = cast(x, to: .int32).elements(of: Int32.self)
    guard let zeroPoint else { return values }
    try requireSameType("\(name) and its zero point", x, zeroPoint)
    // A zero point of one element may have any rank.
    let scalar = zeroPoint.count == 1 ? zeroPoint.reshaped([]) : zeroPoint
    let zeros = cast(try expanded(scalar, to: x.shape), to: .int32).elements(of: Int32.self)
    return zip(values, zeros).map { $0 - $1 }
  }

  /// Matrix products of all batches, row-major: `add(&sum, a, b)` for each term in K's order.
  private static func products<Element, Sum>(
    _ a: [Element], _ aShape: [Int], _ b: [Element], _ bShape: [Int], zero: Sum,
    add: (inout Sum, Element, Element) -> Void
  ) throws(KernelError) -> [Sum] {
    let (batch, m, k, n) = try ShapeRules.matMulExtents(aShape, bShape)
    let aBatches = try broadcastOffsets(Array(aShape.dropLast(2)), to: batch)
    let bBatches = try broadcastOffsets(Array(bShape.dropLast(2)), to: batch)
    var result: [Sum] = []
    result.reserveCapacity(try ShapeRules.elementCount(batch + [m, n]))
    for (aBatch, bBatch) in zip(aBatches, bBatches) {
      for row in 0..<m {
        var sums = [Sum](repeating: zero, count: n)
        for inner in 0..<k {
          let left = a[(aBatch * m + row) * k + inner]
          for column in 0..<n { add(&sums[column], left, b[(bBatch * k + inner) * n + column]) }
        }
        result += sums
      }
    }
    return result
  }
}
// x
