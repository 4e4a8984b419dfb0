import Testing
import ViTKernel

/// Kernels over elements of several types against the plain reference.
@Suite struct ElementKernelTests {
  static let shapes: [([Int], [Int], [Int])] = [
    ([2, 3, 70], [2, 3, 70], [2, 3, 70]), ([1, 1, 70], [2, 3, 70], []),
    ([2, 3, 1], [70], [2, 1, 70]), ([3, 1], [], [1, 5]), ([], [], []), ([0, 3], [1, 3], [3]),
    ([2, 1, 3, 1], [1, 5, 1, 4], [4]),
  ]

  @Test(arguments: shapes)
  func selectsAsTheReference(condition: [Int], a: [Int], b: [Int]) throws {
    let mask = Reference.cast(
      try Reference.compare(.less, random(condition), Tensor(scalar: Float(0))), to: .bool)
    let (left, right) = (random(a, seed: 2), random(b, seed: 3))
    for type in [ElementType.float32, .int64, .uint8, .int16] {
      let (x, y) = (Reference.cast(left, to: type), Reference.cast(right, to: type))
      let expected = try Reference.select(mask, x, y)
      for executor in ViTKernelTests.executors(like: executors[0]) {
        let result = Tensor(type, shape: expected.shape)
        try executor.select(
          mask, x, y, grid: BroadcastGrid([condition, a, b]), into: result)
        #expect(bytes(result) == bytes(expected), "\(type)")
      }
    }
  }

  @Test(arguments: shapes)
  func comparesAsTheReference(a: [Int], b: [Int], unused: [Int]) throws {
    let (left, right) = (random(a, in: -3...3), random(b, seed: 2, in: -3...3))
    for type in [ElementType.float32, .int64, .int32, .uint8, .int8] {
      let (x, y) = (Reference.cast(left, to: type), Reference.cast(right, to: type))
      for comparison in [Comparison.equal, .less, .greater, .lessOrEqual, .greaterOrEqual] {
        let expected = try Reference.compare(comparison, x, y)
        let result = Tensor(.bool, shape: expected.shape)
        try executors[0].compare(comparison, x, y, grid: BroadcastGrid([a, b]), into: result)
        #expect(bytes(result) == bytes(expected), "\(comparison) of \(type)")
      }
    }
  }

  @Test func notANumberIsEqualToNothing() throws {
    let x = Tensor([Float.nan, 0, -0.0], shape: [3])
    let y = Tensor([Float.nan, -0.0, 1], shape: [3])
    let result = Tensor(.bool, shape: [3])
    try executors[0].compare(.equal, x, y, grid: BroadcastGrid([[3], [3]]), into: result)
    #expect(result.elements(of: Bool.self) == [false, true, false])
  }

  @Test func castsAsTheReference() throws {
    let floats: [Float] = [
      0, -0.0, 0.9, -0.9, 1.5, -2.5, 127, 128, 255, 256, 300.7, -300.7, 2_147_483_520,
      2_147_483_648,
      -2_147_483_648, 3e9, -3e9, 9.2e18, 1e19, -1e19, .infinity, -.infinity, .nan,
      .leastNonzeroMagnitude,
    ]
    let integers: [Int64] = [0, 1, -1, 200, -200, 1 << 24 + 1, 1 << 40 + 3, .max, .min]
    let types = [ElementType.float32, .int8, .uint8, .int32, .int64, .bool]
    for source in [Tensor(floats, shape: [floats.count]), Tensor(integers, shape: [9])] {
      for from in types {
        let x = Reference.cast(source, to: from)
        for to in types {
          let y = Tensor(to, shape: x.shape)
          try executors[0].cast(x, into: y)
          #expect(bytes(y) == bytes(Reference.cast(x, to: to)), "\(from) to \(to)")
        }
      }
    }
    #expect(
      isUnsupported { try executors[0].cast(counting(3), into: Tensor(.float64, shape: [3])) })
  }

  @Test(arguments: [ElementType.float16, .bfloat16])
  func roundsAsTheFormatDoes(type: ElementType) throws {
    // Every exponent, with a tie, its neighbours and other fractions, in both signs.
    var values: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 65_504, 65_519, 65_520, 65_536]
    let fractions: [UInt32] = [
      0, 1, 0x0fff, 0x1000, 0x1001, 0x3000, 0x7fff, 0x8000, 0x18000, 0x7fffff,
    ]
    for exponent in UInt32(0)...254 {
      for fraction in fractions {
        values.append(Float(bitPattern: exponent << 23 | fraction))
        values.append(-Float(bitPattern: exponent << 23 | fraction))
      }
    }
    let x = Tensor(values, shape: [values.count])
    let y = unwritten(x.shape)
    try executors[0].round(x, to: type, into: y)
    let expected = Reference.cast(Reference.cast(x, to: type), to: .float32)
    for (index, value) in values.enumerated() {
      let (ours, theirs) = (
        y.elements(of: Float.self)[index], expected.elements(of: Float.self)[index]
      )
      #expect(ours.bitPattern == theirs.bitPattern || ours.isNaN && theirs.isNaN, "\(value)")
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let executor = executors[0]
    let grid = try BroadcastGrid([[2], [2], [2]])
    let x = random([2])
    let mask = Tensor([true, false], shape: [2])
    #expect(isInvalid { try executor.select(x, x, x, grid: grid, into: unwritten([2])) })
    #expect(isInvalid { try executor.select(mask, x, x, grid: grid, into: unwritten([3])) })
    #expect(
      isInvalid { try executor.select(mask, x, random([1]), grid: grid, into: unwritten([2])) })
    #expect(isInvalid { try BroadcastGrid([[2], [3]]) })
    #expect(isInvalid { try executor.cast(x, into: Tensor(.int32, shape: [3])) })
    #expect(isUnsupported { try executor.round(x, to: .float8e5m2, into: unwritten([2])) })
  }
}
