import TestSupport
import Testing
import ViTKernel

/// Rows with scales of their own: each group as if it were alone, on every instruction set.
@Suite struct Int8RowTests {
  private static func emptyRows(_ rows: Int, _ columns: Int, groups: Int) -> RowQuantizedTensor {
    RowQuantizedTensor(
      values: Tensor(.uint8, shape: [rows, columns]), scale: Tensor(.float32, shape: [groups]),
      lowest: Tensor(.int32, shape: [groups]))
  }

  private static func quantize(
    _ x: [Float], rows: Int, groups: Int, on executor: Executor
  ) throws -> RowQuantizedTensor {
    let q = emptyRows(rows, x.count / max(1, rows), groups: groups)
    try executor.dynamicQuantizeRows(
      Tensor(x, shape: q.values.shape), into: q,
      workspace: Tensor(.uint8, shape: [Executor.rowQuantizeWorkspace(rows: rows)]))
    return q
  }

  @Test(
    arguments: [(1, 1), (1, 70), (7, 1), (7, 31), (12, 32), (12, 200), (197, 65), (5, 5000)],
    [1, 3, 0])
  func eachGroupIsQuantizedAsATensorIs(_ size: (rows: Int, columns: Int), per: Int) throws {
    // One group, groups of a third of the rows, or a group to each row.
    let groups = per == 0 ? size.rows : per
    guard size.rows.isMultiple(of: groups) else { return }
    var generator = SeededGenerator(seed: UInt64(size.rows * size.columns + per))
    var x: [Float] = []
    for row in 0..<size.rows {
      let range: ClosedRange<Float> = [-3...5, 1...9, -7 ... -2, 0...0, -1e-3...1e-4][row % 5]
      x += (0..<size.columns).map { _ in Float.random(in: range, using: &generator) }
    }
    let length = x.count / groups
    for executor in executors {
      let q = try Self.quantize(x, rows: size.rows, groups: groups, on: executor)
      let values = q.values.elements(of: UInt8.self)
      for group in 0..<groups {
        let elements = (group * length)..<((group + 1) * length)
        let expected = oracleDynamicQuantize(Array(x[elements]))
        #expect(Array(values[elements]) == expected.q, "\(executor.kernels.instructionSet)")
        #expect(q.scale.elements(of: Float.self)[group] == expected.scale)
        #expect(q.lowest.elements(of: Int32.self)[group] == -Int32(expected.zeroPoint))
      }
    }
  }

  @Test func rowsOfNothingHaveTheScaleOfZeros() throws {
    for executor in executors {
      let q = try Self.quantize([], rows: 2, groups: 2, on: executor)
      #expect(q.scale.elements(of: Float.self) == [1, 1])
      #expect(try Self.quantize([], rows: 0, groups: 0, on: executor).scale.count == 0)
    }
  }

  /// A product of rows, step by step.
  struct Operands {
    let m: Int
    let k: Int
    let n: Int
    let groups: Int
    let signed: Bool
    let a: [Int32]
    let b: [Int32]
    let bZero: [Int32]
    let scales: [Float]
    let lowest: [Int32]
    let bScale: [Float]
    let bias: [Float]
    let residual: [Float]

    init(m: Int, k: Int, n: Int, groups: Int, signed: Bool, zeros: Bool, seed: UInt64) {
      (self.m, self.k, self.n, self.groups, self.signed) = (m, k, n, groups, signed)
      var generator = SeededGenerator(seed: seed)
      a = randomBytes(m * k, signed: false, using: &generator)
      b = randomBytes(k * n, signed: signed, using: &generator)
      let middle: Int32 = signed ? 0 : 128
      bZero =
        zeros
        ? randomBytes(n, signed: signed, using: &generator) : Array(repeating: middle, count: n)
      scales = (0..<groups).map { _ in Float.random(in: 0.001...0.1, using: &generator) }
      lowest = (0..<groups).map { _ in Int32.random(in: -255...0, using: &generator) }
      bScale = (0..<n).map { _ in Float.random(in: 0.001...0.01, using: &generator) }
      bias = (0..<n).map { _ in Float.random(in: -9...9, using: &generator) }
      residual = (0..<(m * n)).map { _ in Float.random(in: -9...9, using: &generator) }
    }

    var columnSums: [Int32] {
      (0..<n).map { column in (0..<k).reduce(0) { $0 &+ b[$1 * n + column] - bZero[column] } }
    }

    func expected(_ epilogue: Epilogue) -> [Float] {
      (0..<m).flatMap { row in
        let group = row / (m / groups)
        let sums = oracleProduct(
          Array(a[(row * k)..<((row + 1) * k)]), b, m: 1, k: k, n: n, aZero: -lowest[group],
          bZero: bZero)
        return sums.indices.map { column in
          var y = Float(sums[column]) * (scales[group] * bScale[column])
          if epilogue.bias != nil { y += bias[column] }
          if epilogue.activation == .relu { y = max(0, y) }
          return epilogue.residual != nil ? y + residual[row * n + column] : y
        }
      }
    }

    func run(on executor: Executor, _ epilogue: Epilogue) throws -> [Float] {
      let packed = try PackedInt8Matrix(
        byteTensor(b, signed: signed, shape: [k, n]), for: executor)
      let y = Tensor(.float32, shape: [m, n])
      try executor.quantizedGemm(
        RowQuantizedTensor(
          values: byteTensor(a, signed: false, shape: [m, k]),
          scale: Tensor(scales, shape: [groups]), lowest: Tensor(lowest, shape: [groups])),
        packed, bScale: Tensor(bScale, shape: [n]),
        bZeroPoint: byteTensor(bZero, signed: signed, shape: [n]),
        columnSums: Tensor(columnSums, shape: [n]), epilogue: epilogue, into: y,
        workspace: Tensor(
          .uint8, shape: [executor.int8ProductWorkspace(aShape: [m, k], aType: .uint8)]))
      return y.elements()
    }
  }

  // Rows and columns left over from the tiles; groups that begin inside a tile.
  @Test(
    arguments: [
      (29, 40, 90, 29), (30, 37, 65, 10), (30, 64, 64, 2), (24, 768, 70, 24), (7, 3, 1, 1),
    ],
    [(true, false), (true, true), (false, false), (false, true)])
  func productsAreThoseOfEachGroup(
    _ size: (m: Int, k: Int, n: Int, groups: Int), _ form: (signed: Bool, zeros: Bool)
  ) throws {
    let o = Operands(
      m: size.m, k: size.k, n: size.n, groups: size.groups, signed: form.signed, zeros: form.zeros,
      seed: UInt64(size.m * size.k))
    for parts in 0..<8 {
      let epilogue = Epilogue(
        bias: parts & 1 != 0 ? Tensor(o.bias, shape: [o.n]) : nil,
        activation: parts & 2 != 0 ? .relu : .none,
        residual: parts & 4 != 0 ? Tensor(o.residual, shape: [o.m, o.n]) : nil)
      let expected = o.expected(epilogue)
      for executor in executors {
        let y = try o.run(on: executor, epilogue)
        #expect(y == expected, "\(executor.kernels.instructionSet) \(parts)")
      }
    }
  }

  @Test func wrongParametersAreErrors() throws {
    let executor = executors[0]
    let x = Tensor(.float32, shape: [6, 4])
    let workspace = Tensor(.uint8, shape: [Executor.rowQuantizeWorkspace(rows: 6)])
    for groups in [0, 4, 7] {
      #expect(throws: KernelError.self) {
        try executor.dynamicQuantizeRows(
          x, into: Self.emptyRows(6, 4, groups: groups), workspace: workspace)
      }
    }
    var wrong = Self.emptyRows(6, 4, groups: 6)
    wrong.lowest = Tensor(.uint8, shape: [6])
    #expect(throws: KernelError.self) {
      try executor.dynamicQuantizeRows(x, into: wrong, workspace: workspace)
    }
    #expect(throws: KernelError.self) {
      try executor.dynamicQuantizeRows(
        x, into: Self.emptyRows(6, 4, groups: 6), workspace: Tensor(.uint8, shape: [7]))
    }
    let o = Operands(m: 4, k: 8, n: 3, groups: 4, signed: true, zeros: false, seed: 1)
    let packed = try PackedInt8Matrix(byteTensor(o.b, signed: true, shape: [8, 3]), for: executor)
    #expect(throws: KernelError.self) {
      try executor.quantizedGemm(
        Self.emptyRows(4, 8, groups: 4), packed, bScale: Tensor(o.bScale, shape: [3]),
        columnSums: Tensor(.int32, shape: [2]), into: Tensor(.float32, shape: [4, 3]),
        workspace: Tensor(
          .uint8, shape: [executor.int8ProductWorkspace(aShape: [4, 8], aType: .uint8)]))
    }
  }
}
