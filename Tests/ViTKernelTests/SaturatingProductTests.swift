import TestSupport
import Testing
import ViTKernel

/// Products as `vpmaddubsw` saturates them.
@Suite struct SaturatingProductTests {
  /// Pairs along K, each clamped to 16 bits, then summed.
  private func oracle(
    _ a: [Int32], _ b: [Int32], m: Int, k: Int, n: Int
  ) -> (y: [Int32], counts: [Int64]) {
    var y = [Int32](repeating: 0, count: m * n)
    var counts = [Int64](repeating: 0, count: m)
    for row in 0..<m {
      for column in 0..<n {
        for step in stride(from: 0, to: k, by: 2) {
          let pair = (step..<min(step + 2, k)).reduce(Int32(0)) { sum, i in
            sum + a[row * k + i] * b[i * n + column]
          }
          y[row * n + column] += max(-32768, min(32767, pair))
          if !(-32768...32767).contains(pair) { counts[row] += 1 }
        }
      }
    }
    return (y, counts)
  }

  private func expectOracle(_ a: [Int32], _ b: [Int32], m: Int, k: Int, n: Int) throws {
    let expected = oracle(a, b, m: m, k: k, n: n)
    for executor in executors {
      let y = Tensor(.int32, shape: [m, n])
      let counts = Tensor(.int64, shape: [m])
      let total = try executor.saturatingMatMul(
        byteTensor(a, signed: false, shape: [m, k]), byteTensor(b, signed: true, shape: [k, n]),
        into: y, rowCounts: counts)
      let name = executor.kernels.instructionSet.rawValue
      #expect(y.elements() == expected.y, "\(name) \(m)x\(k)x\(n)")
      #expect(counts.elements() == expected.counts, "\(name) \(m)x\(k)x\(n)")
      #expect(total == expected.counts.reduce(0) { $0 + Int($1) })
    }
  }

  @Test(arguments: Array(0...35)) func matchesOracleAtEveryRemainderOfColumns(n: Int) throws {
    var generator = SeededGenerator(seed: UInt64(n))
    for (m, k) in [(1, 0), (1, 1), (2, 2), (3, 7), (5, 64), (0, 3)] {
      let a = randomBytes(m * k, signed: false, using: &generator)
      let b = randomBytes(k * n, signed: true, using: &generator)
      try expectOracle(a, b, m: m, k: k, n: n)
    }
  }

  @Test(arguments: Array(0...40)) func matchesOracleAtEveryRemainderOfDepth(k: Int) throws {
    var generator = SeededGenerator(seed: UInt64(k))
    let a = randomBytes(9 * k, signed: false, using: &generator)
    let b = randomBytes(k * 19, signed: true, using: &generator)
    try expectOracle(a, b, m: 9, k: k, n: 19)
  }

  /// Sums at the ends of 16 bits, a step inside and a step outside of them, and the extremes.
  @Test func aSumAtTheEndOfTheRangeIsNotCounted() throws {
    let pairs: [(a: [Int32], b: [Int32], saturates: Bool)] = [
      ([255, 2], [127, 127], false), ([255, 191], [127, 2], false), ([255, 192], [127, 2], true),
      ([255, 255], [127, 127], true), ([255, 128], [-128, -1], false),
      ([255, 129], [-128, -1], true), ([255, 255], [-128, -128], true),
      ([255, 255], [127, -128], false), ([0, 0], [-128, -128], false),
    ]
    for pair in pairs {
      // 17 columns: one vector and a rest.
      let b = pair.b.flatMap { [Int32](repeating: $0, count: 17) }
      let counts = oracle(pair.a, b, m: 1, k: 2, n: 17).counts
      #expect(counts == [pair.saturates ? 17 : 0])
      try expectOracle(pair.a, b, m: 1, k: 2, n: 17)
    }
  }

  @Test func manyRowsOnManyThreads() throws {
    var generator = SeededGenerator(seed: 3)
    let a = randomBytes(97 * 33, signed: false, using: &generator)
    let b = randomBytes(33 * 50, signed: true, using: &generator)
    try expectOracle(a, b, m: 97, k: 33, n: 50)
  }

  @Test func otherTypesAndShapesAreErrors() {
    let a = Tensor(.uint8, shape: [2, 3])
    let b = Tensor(.int8, shape: [3, 4])
    let y = Tensor(.int32, shape: [2, 4])
    let counts = Tensor(.int64, shape: [2])
    let wrong: [(Tensor, Tensor, Tensor, Tensor)] = [
      (Tensor(.int8, shape: [2, 3]), b, y, counts), (a, Tensor(.uint8, shape: [3, 4]), y, counts),
      (a, Tensor(.int8, shape: [4, 3]), y, counts), (a, Tensor(.int8, shape: [12]), y, counts),
      (a, b, Tensor(.int32, shape: [2, 3]), counts), (a, b, y, Tensor(.int64, shape: [3])),
      (a, b, y, Tensor(.int32, shape: [2])), (Tensor(.uint8, shape: []), b, y, counts),
    ]
    for (a, b, y, counts) in wrong {
      #expect(throws: KernelError.self) {
        try executors[0].saturatingMatMul(a, b, into: y, rowCounts: counts)
      }
    }
  }
}
