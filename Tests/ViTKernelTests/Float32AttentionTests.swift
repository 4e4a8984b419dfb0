import Testing
import ViTKernel

@Suite struct Float32AttentionTests {
  static let shapes = [
    AttentionShape(batch: 1, heads: 1, queryRows: 1, keyRows: 1, headSize: 1, valueSize: 1),
    AttentionShape(batch: 2, heads: 3, queryRows: 17, keyRows: 17, headSize: 32, valueSize: 32),
    AttentionShape(batch: 1, heads: 2, queryRows: 197, keyRows: 197, headSize: 64, valueSize: 64),
    AttentionShape(batch: 2, heads: 2, queryRows: 5, keyRows: 70, headSize: 10, valueSize: 75),
    AttentionShape(batch: 1, heads: 2, queryRows: 3, keyRows: 7, headSize: 11, valueSize: 5),
  ]

  @Test(arguments: executors, shapes)
  func isItsDefinition(executor: Executor, shape: AttentionShape) throws {
    let q = random([shape.batch, shape.queryRows, shape.heads * shape.headSize])
    let k = random([shape.batch, shape.keyRows, shape.heads * shape.headSize], seed: 2)
    let v = random([shape.batch, shape.keyRows, shape.heads * shape.valueSize], seed: 3)
    let masks =
      [
        nil, [shape.keyRows], [shape.queryRows, shape.keyRows], [shape.batch, 1, 1, shape.keyRows],
      ]
      + [[shape.batch, shape.heads, shape.queryRows, shape.keyRows]] as [[Int]?]
    for maskShape in masks {
      let mask = maskShape.map { random($0, seed: 4) }
      let expected = try reference(shape, q, k, v, scale: 0.3, mask: mask)
      let results = try executors(like: executor).map { executor in
        let y = unwritten([shape.batch, shape.queryRows, shape.heads * shape.valueSize])
        try executor.attention(
          shape, AttentionOptions(scale: 0.3), query: AttentionOperand(q),
          key: AttentionOperand(k), value: AttentionOperand(v), mask: mask,
          workspace: workspace(executor, shape), into: y)
        return y
      }
      #expect(difference(results[0], expected) < 3e-6, "\(maskShape ?? [])")
      #expect(results.allSatisfy { bits($0) == bits(results[0]) })
    }
  }

  // -inf in a mask takes a key out altogether; without any key left, softmax is 0 / 0.
  @Test(arguments: executors)
  func aMaskedKeyHasNoWeight(executor: Executor) throws {
    let shape = AttentionShape(
      batch: 1, heads: 1, queryRows: 2, keyRows: 21, headSize: 4, valueSize: 4)
    let q = random([1, 2, 4])
    let k = random([1, 21, 4], seed: 2)
    let v = random([1, 21, 4], seed: 3)
    let open = [Float](repeating: -.infinity, count: 20) + [0]
    let closed = [Float](repeating: -.infinity, count: 21)
    let y = unwritten([1, 2, 4])
    try executor.attention(
      shape, AttentionOptions(scale: 0.5), query: AttentionOperand(q), key: AttentionOperand(k),
      value: AttentionOperand(v), mask: Tensor(open + closed, shape: [2, 21]),
      workspace: workspace(executor, shape), into: y)
    let result = y.elements(of: Float.self)
    #expect(Array(result[..<4]) == Array(v.elements(of: Float.self)[80...]))
    #expect(result[4...].allSatisfy { $0.isNaN })
  }

  @Test(arguments: executors)
  func readsHeadsInAJointBuffer(executor: Executor) throws {
    let shape = AttentionShape(
      batch: 2, heads: 2, queryRows: 9, keyRows: 9, headSize: 8, valueSize: 8)
    let joint = random([2, 9, 48])
    let parts = try (0..<3).map {
      try Reference.slice(joint, starts: [$0 * 16], ends: [$0 * 16 + 16], axes: [2])
    }
    let expected = try reference(shape, parts[0], parts[1], parts[2], scale: 0.5, mask: nil)
    let y = unwritten([2, 9, 16])
    try executor.attention(
      shape, AttentionOptions(scale: 0.5),
      query: AttentionOperand(joint, offset: 0, rowStride: 48),
      key: AttentionOperand(joint, offset: 16, rowStride: 48),
      value: AttentionOperand(joint, offset: 32, rowStride: 48),
      workspace: workspace(executor, shape), into: y)
    #expect(difference(y, expected) < 2e-6)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let executor = executors[0]
    let shape = AttentionShape(
      batch: 1, heads: 2, queryRows: 3, keyRows: 3, headSize: 4, valueSize: 4)
    let x = AttentionOperand(random([1, 3, 8]))
    let y = unwritten([1, 3, 8])
    #expect(throws: KernelError.self) {
      try executor.attention(
        shape, AttentionOptions(scale: 1), query: x, key: x, value: x,
        workspace: Tensor(.uint8, shape: [4]), into: y)
    }
    #expect(throws: KernelError.self) {
      try executor.attention(
        shape, AttentionOptions(scale: 1),
        query: AttentionOperand(x.tensor, offset: 1, rowStride: 8), key: x, value: x,
        workspace: workspace(executor, shape), into: y)
    }
    #expect(throws: KernelError.self) {
      try executor.attention(
        shape, AttentionOptions(scale: 1), query: x, key: x, value: x, mask: random([2, 1, 3, 3]),
        workspace: workspace(executor, shape), into: y)
    }
  }

  private func workspace(_ executor: Executor, _ shape: AttentionShape) -> Tensor {
    Tensor(.uint8, shape: [executor.attentionWorkspace(shape)])
  }

  private func reference(
    _ shape: AttentionShape, _ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Float, mask: Tensor?
  ) throws -> Tensor {
    func heads(_ x: Tensor, _ rows: Int, _ size: Int, _ permutation: [Int]) throws -> Tensor {
      try Reference.transpose(
        x.reshaped([shape.batch, rows, shape.heads, size]), permutation: permutation)
    }
    let query = try heads(q, shape.queryRows, shape.headSize, [0, 2, 1, 3])
    let key = try heads(k, shape.keyRows, shape.headSize, [0, 2, 3, 1])
    let value = try heads(v, shape.keyRows, shape.valueSize, [0, 2, 1, 3])
    var scores = try Reference.binary(
      .mul, Reference.matMul(query, key), Tensor(scalar: scale))
    if let mask { scores = try Reference.binary(.add, scores, mask) }
    let result = try Reference.matMul(Reference.softmax(scores, axis: -1), value)
    return try Reference.transpose(result, permutation: [0, 2, 1, 3])
      .reshaped([shape.batch, shape.queryRows, shape.heads * shape.valueSize])
  }
}
