import Testing
import ViTKernel

@Suite struct Float32ProductTests {
  // Every remainder of the tiles' 6 rows, 64, 16 and 8 columns and 4 steps along the depth, with whole
  // tiles before it.
  static let shapes: [(rows: Int, columns: Int, depth: Int)] =
    (1...13).map { ($0, 65, 7) }
    + [1, 7, 8, 9, 15, 16, 17, 31, 33, 48, 63, 64, 130].map {
      (7, $0, 20)
    } + (1...9).map { (7, 17, $0) } + [(3, 5, 0), (1, 1, 1), (197, 192, 96), (230, 70, 33)]

  @Test(arguments: executors)
  func packedProductIsTheReferences(executor: Executor) throws {
    for shape in Self.shapes {
      let a = random([shape.rows, shape.depth])
      let b = random([shape.depth, shape.columns], seed: 2)
      let y = unwritten([shape.rows, shape.columns])
      try executor.multiply(a, PackedFloatMatrix(b, for: executor), into: y)
      let tolerance = Float(shape.depth + 1) * 1e-7
      #expect(difference(y, try Reference.matMul(a, b)) <= tolerance, "\(shape)")
    }
  }

  @Test(arguments: executors)
  func packsATransposedMatrix(executor: Executor) throws {
    let a = random([9, 30])
    let b = random([70, 30])
    let y = unwritten([9, 70])
    try executor.multiply(
      a, PackedFloatMatrix(b, transposed: true, for: executor), into: y)
    #expect(difference(y, try Reference.matMul(a, Reference.transpose(b))) < 5e-6)
  }

  // As a protobuf has it: between two fields, at any byte.
  @Test(arguments: executors, [false, true])
  func packsAMatrixThatIsNotAligned(executor: Executor, transposed: Bool) throws {
    let a = random([9, 67])
    let b = random(transposed ? [70, 67] : [67, 70])
    let storage = TensorStorage(byteCount: b.byteCount + 1)
    Tensor(.uint8, shape: [b.byteCount], storage: storage, byteOffset: 1)
      .copyElements(from: b.view(.uint8, shape: [b.byteCount], at: 0))
    let moved = Tensor(.float32, shape: b.shape, storage: storage, byteOffset: 1)
    #expect(!moved.isAligned && b.isAligned)
    let (expected, y) = (unwritten([9, 70]), unwritten([9, 70]))
    try executor.multiply(
      a, PackedFloatMatrix(b, transposed: transposed, for: executor), into: expected)
    try executor.multiply(
      a, PackedFloatMatrix(moved, transposed: transposed, for: executor), into: y)
    #expect(y.elements(of: Float.self) == expected.elements())
  }

  @Test(arguments: executors, Activation.allCases)
  func appliesBiasThenActivationThenResidual(executor: Executor, activation: Activation) throws {
    let a = random([2, 11, 24], in: -2...2)
    let b = random([24, 77], seed: 2)
    let bias = random([77], seed: 3)
    let residual = random([2, 11, 77], seed: 4)
    let expected = try Reference.binary(
      .add, activated(try Reference.binary(.add, Reference.matMul(a, b), bias), activation),
      residual)
    let epilogue = Epilogue(bias: bias, activation: activation, residual: residual)

    let packed = unwritten([2, 11, 77])
    try executor.multiply(
      a, PackedFloatMatrix(b, for: executor), epilogue: epilogue, into: packed)
    #expect(difference(packed, expected) < 1e-5)

    let overBLAS = unwritten([2, 11, 77])
    try executor.multiply(
      a, b, plan: ProductPlan(matMul: a.shape, b.shape), epilogue: epilogue, into: overBLAS)
    #expect(difference(overBLAS, expected) < 1e-5)
  }

  @Test(arguments: executors)
  func scalesColumnsBeforeTheResidual(executor: Executor) throws {
    let (a, b) = (random([2, 11, 24]), random([24, 77], seed: 2))
    let (scale, residual) = (random([77], seed: 3), random([2, 11, 77], seed: 4))
    let expected = try Reference.binary(
      .add, Reference.binary(.mul, Reference.unary(.relu, Reference.matMul(a, b)), scale), residual)
    let epilogue = Epilogue(activation: .relu, residual: residual, scale: scale)
    let (packed, overBLAS) = (unwritten([2, 11, 77]), unwritten([2, 11, 77]))
    try executor.multiply(a, PackedFloatMatrix(b, for: executor), epilogue: epilogue, into: packed)
    #expect(difference(packed, expected) < 1e-5)
    let plan = try ProductPlan(matMul: a.shape, b.shape)
    try executor.multiply(a, b, plan: plan, epilogue: epilogue, into: overBLAS)
    #expect(difference(overBLAS, expected) < 1e-5)
  }

  @Test(arguments: executors)
  func addsToItsOwnOutput(executor: Executor) throws {
    let a = random([13, 24])
    let b = random([24, 77], seed: 2)
    let y = random([13, 77], seed: 3)
    let expected = try Reference.binary(.add, Reference.matMul(a, b), Tensor(y))
    try executor.multiply(
      a, PackedFloatMatrix(b, for: executor), epilogue: Epilogue(residual: y), into: y)
    #expect(difference(y, expected) < 1e-5)
  }

  @Test(arguments: executors)
  func givesTheSameBitsOnAnyNumberOfThreads(executor: Executor) throws {
    let a = random([197, 96])
    let b = random([96, 430], seed: 2)
    let packed = try PackedFloatMatrix(b, for: executor)
    let plan = try ProductPlan(matMul: a.shape, b.shape)
    let results = try executors(like: executor).map { executor in
      let y = unwritten([197, 430])
      try executor.multiply(a, packed, into: y)
      let z = unwritten([197, 430])
      try executor.multiply(a, b, plan: plan, into: z)
      return bits(y) + bits(z)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test(arguments: executors)
  func aRowDoesNotDependOnTheOthers(executor: Executor) throws {
    let a = random([14, 50])
    let b = try PackedFloatMatrix(random([50, 90], seed: 2), for: executor)
    let together = unwritten([14, 90])
    try executor.multiply(a, b, into: together)
    for row in 0..<14 {
      let elements = Array(a.elements(of: Float.self)[row * 50..<(row + 1) * 50])
      let alone = unwritten([1, 90])
      try executor.multiply(Tensor(elements, shape: [1, 50]), b, into: alone)
      #expect(bits(alone) == Array(bits(together)[row * 90..<(row + 1) * 90]))
    }
  }

  @Test(arguments: [
    ([5], [5]), ([5], [5, 3]), ([4, 5], [5]), ([2, 4, 5], [5]), ([5], [2, 5, 3]),
    ([2, 3, 4, 5], [2, 3, 5, 6]), ([2, 1, 4, 5], [3, 5, 6]), ([1, 3, 4, 5], [2, 1, 5, 6]),
    ([7, 2, 4, 5], [5, 6]), ([2, 0, 5], [5, 3]), ([2, 3, 0], [0, 4]), ([0, 4, 5], [0, 5, 2]),
    ([3, 400], [400, 500]), ([500, 40], [40, 3]),
  ])
  func matMulBroadcastsAsNumPy(a: [Int], b: [Int]) throws {
    let x = random(a)
    let y = random(b, seed: 2)
    let plan = try ProductPlan(matMul: a, b)
    #expect(plan.shape == (try ShapeRules.matMul(a, b)))
    let z = unwritten(plan.shape)
    try executors[0].multiply(x, y, plan: plan, into: z)
    #expect(difference(z, try Reference.matMul(x, y)) < 5e-5)
  }

  @Test(arguments: [[], [1], [6], [1, 6], [4, 1], [4, 6]] as [[Int]], [false, true])
  func gemmTransposesScalesAndBroadcasts(c: [Int], transposed: Bool) throws {
    let parameters = GemmParameters(
      alpha: 0.5, beta: -2, transposeA: transposed, transposeB: !transposed)
    let a = random(transposed ? [5, 4] : [4, 5])
    let b = random(transposed ? [5, 6] : [6, 5], seed: 2)
    let addend = random(c, seed: 3)
    let y = unwritten([4, 6])
    let plan = try ProductPlan(gemm: a.shape, b.shape, c: c, parameters: parameters)
    try executors[0].multiply(a, b, c: addend, plan: plan, into: y)
    #expect(difference(y, try Reference.gemm(a, b, c: addend, parameters)) < 1e-5)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let executor = executors[0]
    let b = try PackedFloatMatrix(random([4, 5]), for: executor)
    #expect(throws: KernelError.self) {
      try executor.multiply(random([2, 3]), b, into: unwritten([2, 5]))
    }
    #expect(throws: KernelError.self) {
      try executor.multiply(random([2, 4]), b, into: unwritten([2, 4]))
    }
    #expect(throws: KernelError.self) { try ProductPlan(matMul: [2, 3], [4, 5]) }
    #expect(throws: KernelError.self) { try ProductPlan(matMul: [], [4, 5]) }
    #expect(throws: KernelError.self) { try ProductPlan(matMul: [2, 3, 4], [3, 4, 5]) }
    #expect(throws: KernelError.self) {
      try PackedFloatMatrix(random([4]), for: executor)
    }
  }

  private func activated(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    switch activation {
    case .none: x
    case .quickGelu: try Reference.unary(.swish(alpha: 1.702), x)
    case .silu: try Reference.unary(.swish(alpha: 1), x)
    case .relu: try Reference.unary(.relu, x)
    case .geluErf: try Reference.unary(.gelu(.none), x)
    case .geluTanh: try Reference.unary(.gelu(.tanh), x)
    }
  }
}

extension Tensor {
  /// A tensor with the same elements in storage of its own.
  fileprivate init(_ other: Tensor) {
    self.init(other.elements(of: Float.self), shape: other.shape)
  }
}
