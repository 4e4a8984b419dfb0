import Testing
import ViTKernel

/// Attention whose operands lie anywhere, and what becomes of rows without a softmax, against the
/// plain reference.
@Suite struct AttentionLayoutTests {
  private static let shape = AttentionShape(
    batch: 4, heads: 6, keyHeads: 2, queryRows: 7, keyRows: 19, headSize: 12, valueSize: 20)

  private static func check(
    _ executor: Executor, _ shape: AttentionShape, _ options: AttentionOptions,
    _ operands: [AttentionOperand], mask: Tensor? = nil
  ) throws -> Tensor {
    let size = [shape.batch, shape.queryRows, shape.heads * shape.valueSize]
    let y = unwritten(size)
    let workspace = Tensor(.uint8, shape: [executor.attentionWorkspace(shape)])
    try executor.attention(
      shape, options, query: operands[0], key: operands[1], value: operands[2], mask: mask,
      workspace: workspace, into: y)
    let expected = try Reference.attention(
      shape, options, query: operands[0], key: operands[1], value: operands[2], mask: mask)
    #expect(difference(y, expected.output) < 3e-6)
    return y
  }

  @Test(arguments: executors)
  func readsHeadsFirstAndSharesThem(executor: Executor) throws {
    let operands = [
      AttentionOperand(headsFirst: random([4, 6, 7, 12])),
      AttentionOperand(headsFirst: random([4, 2, 19, 12], seed: 2)),
      AttentionOperand(headsFirst: random([4, 2, 19, 20], seed: 3)),
    ]
    for headsFirst in [false, true] {
      let options = AttentionOptions(scale: 0.4, headsFirst: headsFirst)
      _ = try Self.check(executor, Self.shape, options, operands)
    }
  }

  @Test(arguments: executors)
  func takesAMaskAgainForEachImage(executor: Executor) throws {
    let operands = [
      AttentionOperand(headsFirst: random([4, 6, 7, 12])),
      AttentionOperand(headsFirst: random([4, 2, 19, 12], seed: 2)),
      AttentionOperand(headsFirst: random([4, 2, 19, 20], seed: 3)),
    ]
    let mask = random([2, 6, 7, 19], seed: 4)
    let options = AttentionOptions(scale: 0.4)
    let y = try Self.check(executor, Self.shape, options, operands, mask: mask)
    let twice = try Reference.concat([mask, mask], axis: 0)
    let whole = try Self.check(executor, Self.shape, options, operands, mask: twice)
    #expect(bits(y) == bits(whole))
    #expect(!Self.shape.broadcastsMask([3, 6, 7, 19]))
    #expect(!Self.shape.broadcastsMask([7, 1]))
  }

  @Test(arguments: executors)
  func readsRowsOfAJointBuffer(executor: Executor) throws {
    // [B, T, 3, heads, size]: as one projection gives Q, K and V.
    let shape = AttentionShape(
      batch: 2, heads: 3, queryRows: 9, keyRows: 9, headSize: 8, valueSize: 8)
    let joint = random([2, 9, 72])
    let operands = (0..<3).map { place in
      AttentionOperand(
        joint, offset: 24 * place, rowStride: 72, headStride: 8, batchStride: 9 * 72)
    }
    _ = try Self.check(executor, shape, AttentionOptions(scale: 0.3), operands)
  }

  @Test(arguments: executors, [UndefinedRows.nan, .zeroWhereMasked, .zero])
  func rowsWithoutASoftmax(executor: Executor, rows: UndefinedRows) throws {
    let shape = AttentionShape(
      batch: 1, heads: 1, queryRows: 3, keyRows: 21, headSize: 4, valueSize: 4)
    let operands = [
      AttentionOperand(random([1, 3, 4])), AttentionOperand(random([1, 21, 4], seed: 2)),
      AttentionOperand(random([1, 21, 4], seed: 3)),
    ]
    var mask = [Float](repeating: 0, count: 63)
    for index in 0..<21 { mask[index] = -.infinity }
    mask[30] = .nan
    let options = AttentionOptions(scale: 0.5, undefinedRows: rows)
    let y = try Self.check(executor, shape, options, operands, mask: Tensor(mask, shape: [3, 21]))
      .elements(of: Float.self)
    let (masked, undefined) = (y[..<4], y[4..<8])
    switch rows {
    case .nan: #expect(masked.allSatisfy(\.isNaN) && undefined.allSatisfy(\.isNaN))
    case .zeroWhereMasked: #expect(masked == [0, 0, 0, 0] && undefined.allSatisfy(\.isNaN))
    case .zero: #expect(masked == [0, 0, 0, 0] && undefined == [0, 0, 0, 0])
    }
    #expect(y[8...].allSatisfy { $0.isFinite })
  }

  @Test func refusesOperandsBeyondTheirTensor() throws {
    let executor = executors[0]
    let shape = AttentionShape(
      batch: 1, heads: 2, queryRows: 3, keyRows: 3, headSize: 4, valueSize: 4)
    let x = random([1, 3, 8])
    let whole = AttentionOperand(x)
    let wrong = [
      AttentionOperand(x, offset: 0, rowStride: 8, headStride: 5),
      AttentionOperand(x, offset: -1, rowStride: 8),
      AttentionOperand(x, offset: 0, rowStride: 2),
      AttentionOperand(x, offset: 0, rowStride: .max),
      AttentionOperand(headsFirst: x),
    ]
    let workspace = Tensor(.uint8, shape: [executor.attentionWorkspace(shape)])
    for operand in wrong {
      let options = AttentionOptions(scale: 1)
      #expect(
        isInvalid {
          try executor.attention(
            shape, options, query: operand, key: whole, value: whole, workspace: workspace,
            into: unwritten([1, 3, 8]))
        })
      #expect(
        isInvalid {
          try Reference.attention(shape, options, query: operand, key: whole, value: whole)
        })
    }
    var uneven = shape
    uneven.keyHeads = 0
    #expect(
      isInvalid {
        try Reference.attention(
          uneven, AttentionOptions(scale: 1), query: whole, key: whole, value: whole)
      })
  }
}
