import Testing
import ViTKernel

@Suite struct Float32ElementwiseTests {
  static let operations: [UnaryOperation] = [
    .abs, .neg, .sign, .exp, .log, .sqrt, .reciprocal, .erf, .sin, .cos, .tan, .asin, .acos,
    .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh, .floor, .ceil, .round, .sigmoid, .relu,
    .softplus, .softsign, .hardSwish, .mish, .leakyRelu(alpha: 0.1), .elu(alpha: 1.5),
    .hardSigmoid(alpha: 0.2, beta: 0.4), .gelu(.none), .gelu(.tanh),
  ]

  @Test(arguments: executors, operations)
  func unaryIsTheReferences(executor: Executor, operation: UnaryOperation) throws {
    for (count, range) in [(1, -1...1), (37, 0.01...0.99), (41, -4...4), (43, 1...3)] {
      let x = random([count], in: Float(range.lowerBound)...Float(range.upperBound))
      let y = unwritten([count])
      try executor.unary(operation, x, into: y)
      #expect(difference(y, try Reference.unary(operation, x)) < 4e-5, "\(count)")
    }
  }

  @Test(arguments: executors)
  func roundsHalvesToEven(executor: Executor) throws {
    let x: [Float] = [0.5, 1.5, 2.5, -0.5, -1.5, 8_388_609, -3e9, 0.49999997, 4_194_304.5]
    let y = unwritten([9])
    try executor.unary(.round, Tensor(x, shape: [9]), into: y)
    #expect(y.elements(of: Float.self) == x.map { $0.rounded(.toNearestOrEven) })
  }

  @Test(arguments: executors)
  func clipKeepsNaN(executor: Executor) throws {
    let x = Tensor([-3, -1, 0.5, 7, .nan, .infinity] as [Float], shape: [6])
    let y = unwritten([6])
    try executor.clip(x, lowest: -1, highest: 2, into: y)
    let values = y.elements(of: Float.self)
    #expect(Array(values[0..<4]) == [-1, -1, 0.5, 2])
    #expect(values[4].isNaN && values[5] == 2)
  }

  @Test func refusesWhatFloatsDoNotHave() {
    #expect(throws: KernelError.self) {
      try executors[0].unary(.not, random([3]), into: unwritten([3]))
    }
  }

  static let pairs: [([Int], [Int])] = [
    ([], []), ([5], []), ([], [3, 5]), ([33], [33]), ([2, 3, 40], [40]), ([40], [2, 3, 40]),
    ([2, 3, 40], [3, 1]), ([2, 1, 4, 1], [1, 3, 1, 5]), ([2, 3, 1], [2, 3, 17]), ([3, 0], [1]),
    ([2, 1, 2, 1, 2, 1, 2, 1], [1, 3, 1, 3, 1, 3, 1, 3]), ([1, 1, 7], [4, 1, 1]),
  ]

  @Test(arguments: executors, pairs)
  func binaryBroadcastsAsTheReference(executor: Executor, pair: ([Int], [Int])) throws {
    let a = random(pair.0, in: 0.1...3)
    let b = random(pair.1, seed: 2, in: 0.1...3)
    let operations: [BinaryOperation] = [
      .add, .sub, .mul, .div, .pow, .min, .max, .mod(fmod: true),
    ]
    let plan = try BroadcastPlan(pair.0, pair.1)
    for operation in operations {
      let y = unwritten(plan.shape)
      try executor.binary(operation, a, b, plan: plan, into: y)
      #expect(difference(y, try Reference.binary(operation, a, b)) < 2e-5, "\(operation)")
    }
  }

  @Test(arguments: executors, [BinaryOperation.min, .max])
  func aNaNOnEitherSideStays(executor: Executor, operation: BinaryOperation) throws {
    let a = Tensor([.nan, 1, .nan, -.infinity] as [Float], shape: [4])
    let b = Tensor([1, .nan, .nan, .infinity] as [Float], shape: [4])
    let y = unwritten([4])
    try executor.binary(operation, a, b, into: y)
    #expect(y.elements(of: Float.self).map(\.isNaN) == [true, true, true, false])
  }

  @Test(arguments: executors)
  func splitsLongRunsAmongThreads(executor: Executor) throws {
    let a = random([3, 50_001])
    let b = random([50_001], seed: 2)
    let results = try executors(like: executor).map { executor in
      let y = unwritten([3, 50_001])
      try executor.binary(.mul, a, b, into: y)
      return bits(y)
    }
    #expect(results.allSatisfy { $0 == bits((try? Reference.binary(.mul, a, b)) ?? a) })
  }

  @Test func refusesShapesThatDoNotBroadcast() {
    #expect(throws: KernelError.self) { try BroadcastPlan([2, 3], [2]) }
    #expect(throws: KernelError.self) {
      try executors[0].binary(.add, random([3]), random([3]), into: unwritten([2]))
    }
  }
}
