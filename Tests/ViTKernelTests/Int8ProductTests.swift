import TestSupport
import Testing
import ViTKernel

/// Integer products against the plain oracle, bit for bit.
@Suite struct Int8ProductTests {
  struct Case {
    var m: Int
    var k: Int
    var n: Int
    var aSigned = false
    var bSigned = true
    var bZeroPerColumn = false
  }

  /// One product through packed B and one through B packed at run time.
  func check(
    _ c: Case, on executor: Executor, a: [Int32], b: [Int32], aZero: Int32, bZero: [Int32]
  ) throws {
    let expected = oracleProduct(a, b, m: c.m, k: c.k, n: c.n, aZero: aZero, bZero: bZero)
    let aTensor = byteTensor(a, signed: c.aSigned, shape: [c.m, c.k])
    let bTensor = byteTensor(b, signed: c.bSigned, shape: [c.k, c.n])
    let aPoint = byteScalar(aZero, signed: c.aSigned)
    let bPoint =
      c.bZeroPerColumn
      ? byteTensor(bZero, signed: c.bSigned, shape: [c.n])
      : byteScalar(bZero.first ?? 0, signed: c.bSigned)
    let packed = try PackedInt8Matrix(bTensor, for: executor)
    let bytes = executor.int8ProductWorkspace(
      aShape: aTensor.shape, aType: aTensor.elementType, bShape: bTensor.shape)
    let workspace = Tensor(.uint8, shape: [bytes])
    let first = Tensor(.int32, shape: [c.m, c.n])
    try executor.integerMatMul(
      aTensor, zeroPoint: aPoint, packed, bZeroPoint: bPoint, into: first, workspace: workspace)
    let second = Tensor(.int32, shape: [c.m, c.n])
    try executor.integerMatMul(
      aTensor, zeroPoint: aPoint, bTensor, bZeroPoint: bPoint, into: second, workspace: workspace)
    let name = executor.kernels.instructionSet
    #expect(first.elements() == expected, "\(name) packed \(c)")
    #expect(second.elements() == expected, "\(name) at run time \(c)")
  }

  func checkRandom(_ c: Case, on executor: Executor, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let a = randomBytes(c.m * c.k, signed: c.aSigned, using: &generator)
    let b = randomBytes(c.k * c.n, signed: c.bSigned, using: &generator)
    let aZero = randomBytes(1, signed: c.aSigned, using: &generator)[0]
    let zeros = randomBytes(c.n, signed: c.bSigned, using: &generator)
    let bZero = c.bZeroPerColumn ? zeros : Array(repeating: zeros.first ?? 0, count: c.n)
    try check(c, on: executor, a: a, b: b, aZero: aZero, bZero: bZero)
  }

  // Each number of rows that is left over from tiles of 4 and 6.
  @Test(arguments: 1...13) func rows(m: Int) throws {
    for executor in executors {
      try checkRandom(Case(m: m, k: 37, n: 65), on: executor, seed: UInt64(m))
    }
  }

  // Steps of K that are left over from groups of 2, 4 and 16 and from blocks of 64 and 512.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 24, 27, 63, 64, 65, 127, 255, 511, 513, 1026])
  func depths(k: Int) throws {
    for executor in executors {
      try checkRandom(
        Case(m: 7, k: k, n: 17, bSigned: false, bZeroPerColumn: true), on: executor,
        seed: UInt64(k))
    }
  }

  // Columns that are left over from panels of 16 and 64.
  @Test(arguments: [1, 2, 3, 8, 15, 16, 17, 31, 33, 47, 48, 49, 63, 64, 65, 80, 127, 128, 129, 130])
  func columns(n: Int) throws {
    for executor in executors {
      try checkRandom(
        Case(m: 6, k: 10, n: n, bZeroPerColumn: true), on: executor, seed: UInt64(n))
    }
  }

  // vpmaddubsw would saturate here: 2 * 255 * 127 does not fit int16.
  @Test func extremesDoNotSaturate() throws {
    for executor in executors {
      for (value, zero) in [(Int32(127), Int32(0)), (-128, 0), (-128, 127), (127, -128)] {
        for aZero in [Int32(0), 255] {
          let c = Case(m: 7, k: 130, n: 70)
          try check(
            c, on: executor, a: Array(repeating: 255 - aZero, count: c.m * c.k),
            b: Array(repeating: value, count: c.k * c.n), aZero: aZero,
            bZero: Array(repeating: zero, count: c.n))
        }
      }
    }
  }

  @Test(arguments: [false, true], [false, true])
  func signedness(aSigned: Bool, bSigned: Bool) throws {
    for executor in executors {
      for seed in 1...6 as ClosedRange<UInt64> {
        var generator = SeededGenerator(seed: seed)
        let c = Case(
          m: Int.random(in: 1...40, using: &generator),
          k: Int.random(in: 1...90, using: &generator),
          n: Int.random(in: 1...150, using: &generator), aSigned: aSigned, bSigned: bSigned,
          bZeroPerColumn: seed % 2 == 0)
        try checkRandom(c, on: executor, seed: seed)
      }
    }
  }

  // B [2, 1] against A [1, 3]: six products of two and three matrices.
  @Test func batchesBroadcast() throws {
    let (m, k, n) = (5, 6, 20)
    var generator = SeededGenerator(seed: 3)
    let a = randomBytes(3 * m * k, signed: false, using: &generator)
    let b = randomBytes(2 * k * n, signed: true, using: &generator)
    let expected = (0..<6).flatMap { batch -> [Int32] in
      let (i, j) = (batch % 3, batch / 3)
      return oracleProduct(
        Array(a[(i * m * k)..<((i + 1) * m * k)]), Array(b[(j * k * n)..<((j + 1) * k * n)]),
        m: m, k: k, n: n, aZero: 9, bZero: Array(repeating: 0, count: n))
    }
    let aTensor = byteTensor(a, signed: false, shape: [1, 3, m, k])
    let bTensor = byteTensor(b, signed: true, shape: [2, 1, k, n])
    for executor in executors {
      let y = Tensor(.int32, shape: [2, 3, m, n])
      let workspace = Tensor(
        .uint8,
        shape: [
          executor.int8ProductWorkspace(
            aShape: aTensor.shape, aType: aTensor.elementType, bShape: bTensor.shape)
        ])
      try executor.integerMatMul(
        aTensor, zeroPoint: byteScalar(9, signed: false), bTensor, bZeroPoint: nil, into: y,
        workspace: workspace)
      #expect(y.elements() == expected)
    }
  }

  // A sum of two products of such bytes exceeds int16: where all of A lies far from zero, where its
  // mean is at one end and single values, pairs, or all four of a step at the other, and where
  // both ends alternate.
  @Test(arguments: [
    (0, 255, 1), (255, 0, 1), (0, 255, 2), (255, 0, 2), (1, 254, 3), (254, 1, 4), (128, 0, 5),
    (127, 255, 2), (0, 0, 1), (255, 255, 1),
  ])
  func extremesOfA(most: Int32, few: Int32, run: Int) throws {
    let c = Case(m: 7, k: 203, n: 37)
    for period in [run + 1, 2 * run, 16, 67] {
      let a = (0..<(c.m * c.k)).map { ($0 + $0 / c.k) % period < run ? few : most }
      for extreme: Int32 in [127, -128] {
        let b = (0..<(c.k * c.n)).map { $0 / c.n % 5 < 4 ? extreme : -1 - extreme }
        let zeros = [Int32](repeating: 0, count: c.n)
        for executor in executors {
          try check(c, on: executor, a: a, b: b, aZero: 3, bZero: zeros)
        }
      }
    }
  }

  @Test func transposedBIsTheSameProduct() throws {
    let (m, k, n) = (9, 11, 70)
    var generator = SeededGenerator(seed: 8)
    let a = byteTensor(
      randomBytes(m * k, signed: false, using: &generator), signed: false, shape: [m, k])
    let b = randomBytes(k * n, signed: false, using: &generator)
    let turned = (0..<(n * k)).map { b[$0 % k * n + $0 / k] }
    let one = Tensor(scalar: Float(1))
    for executor in executors {
      let results = try [(b, [k, n], false), (turned, [n, k], true)].map { values, shape, turn in
        let bTensor = byteTensor(values, signed: false, shape: shape)
        let y = Tensor(.float32, shape: [m, n])
        let bytes = executor.int8ProductWorkspace(
          aShape: [m, k], aType: .uint8, bShape: shape, transposeB: turn)
        try executor.quantizedMatMul(
          QuantizedTensor(values: a, scale: one),
          QuantizedTensor(values: bTensor, scale: one, zeroPoint: byteScalar(77, signed: false)),
          transposeB: turn, into: y, workspace: Tensor(.uint8, shape: [bytes]))
        return y.elements(of: Float.self)
      }
      #expect(results[0] == results[1])
    }
  }

  @Test func emptyDimensions() throws {
    for executor in executors {
      for (m, k, n) in [(0, 3, 4), (3, 0, 4), (3, 4, 0)] {
        try checkRandom(Case(m: m, k: k, n: n), on: executor, seed: 1)
      }
    }
  }

  @Test func wrongOperandsAreErrors() throws {
    let executor = executors[0]
    let a = Tensor(.uint8, shape: [2, 3])
    let y = Tensor(.int32, shape: [2, 5])
    let none = Tensor(.uint8, shape: [0])
    let b = try PackedInt8Matrix(Tensor(.int8, shape: [4, 5]), for: executor)
    #expect(throws: KernelError.self) {
      try executor.integerMatMul(a, zeroPoint: nil, b, into: y, workspace: none)
    }
    #expect(throws: KernelError.self) {
      _ = try PackedInt8Matrix(Tensor(.float32, shape: [4, 5]), for: executor)
    }
    // A signed A needs a workspace.
    let fitting = try PackedInt8Matrix(Tensor(.int8, shape: [3, 5]), for: executor)
    #expect(throws: KernelError.self) {
      try executor.integerMatMul(
        Tensor(.int8, shape: [2, 3]), zeroPoint: nil, fitting, into: y, workspace: none)
    }
    let rowZeros = Tensor(.uint8, shape: [2])
    #expect(throws: KernelError.unsupported("a zero point for each row of A")) {
      try executor.integerMatMul(a, zeroPoint: rowZeros, fitting, into: y, workspace: none)
    }
    if let other = executors.last, executors.count > 1 {
      #expect(throws: KernelError.self) {
        try other.integerMatMul(a, zeroPoint: nil, fitting, into: y, workspace: none)
      }
    }
  }
}
