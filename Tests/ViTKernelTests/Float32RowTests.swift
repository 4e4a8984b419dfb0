import Testing
import ViTKernel

@Suite struct Float32RowTests {
  static let lengths = [1, 3, 4, 5, 8, 15, 16, 17, 31, 64, 65, 100, 192, 197]

  @Test(arguments: executors, lengths)
  func layerNormIsTheReferences(executor: Executor, columns: Int) throws {
    let x = random([3, 4, columns], in: -2...5)
    let scale = random([columns], seed: 2)
    let bias = random([columns], seed: 3)
    let y = unwritten(x.shape)
    try executor.layerNorm(
      x, columns: columns, scale: scale, bias: bias, epsilon: 1e-5, into: y)
    let expected = try Reference.layerNormalization(
      x, scale: scale, bias: bias, axis: -1, epsilon: 1e-5
    ).y
    #expect(difference(y, expected) < 2e-5)
  }

  @Test(arguments: executors)
  func layerNormAddsFirst(executor: Executor) throws {
    let x = random([5, 70])
    let addend = random([5, 70], seed: 2)
    let added = try Reference.binary(.add, x, addend)
    let expected = unwritten([5, 70])
    try executor.layerNorm(
      added, columns: 70, scale: nil, bias: nil, epsilon: 1e-12, into: expected)
    let y = unwritten([5, 70])
    let sum = unwritten([5, 70])
    try executor.layerNorm(
      x, addend: addend, sum: sum, columns: 70, scale: nil, bias: nil, epsilon: 1e-12, into: y)
    #expect(bits(sum) == bits(added))
    #expect(bits(y) == bits(expected))
    try executor.layerNorm(
      x, addend: addend, columns: 70, scale: nil, bias: nil, epsilon: 1e-12, into: x)
    #expect(bits(x) == bits(expected))
  }

  @Test(arguments: executors)
  func layerNormStandsALargeMean(executor: Executor) throws {
    let x = random([2, 192], in: 999...1001)
    let y = unwritten([2, 192])
    try executor.layerNorm(x, columns: 192, scale: nil, bias: nil, epsilon: 1e-5, into: y)
    let scale = Tensor([Float](repeating: 1, count: 192), shape: [192])
    let expected = try Reference.layerNormalization(x, scale: scale, axis: -1, epsilon: 1e-5).y
    #expect(difference(y, expected) < 1e-3)
  }

  @Test(arguments: executors, lengths)
  func softmaxIsTheReferences(executor: Executor, columns: Int) throws {
    let x = random([2, 3, columns], in: -9...9)
    let y = unwritten(x.shape)
    for axis in [-1, 0, 1] {
      try executor.softmax(x, axis: axis, into: y)
      #expect(difference(y, try Reference.softmax(x, axis: axis)) < 1e-6, "axis \(axis)")
    }
    let sums = unwritten([6])
    try executor.softmax(x, axis: 2, into: y)
    try executor.reduceRows(.sum, y, columns: columns, into: sums)
    #expect(sums.elements(of: Float.self).allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test(arguments: executors)
  func softmaxScalesFirst(executor: Executor) throws {
    let x = random([4, 50], in: -9...9)
    let scaled = try Reference.binary(.mul, x, Tensor(scalar: Float(0.125)))
    let y = unwritten([4, 50])
    try executor.softmax(x, axis: 1, scale: 0.125, into: y)
    #expect(difference(y, try Reference.softmax(scaled, axis: 1)) < 1e-6)
  }

  @Test(arguments: executors, [1, 3])
  func softmaxOfSpecialValuesIsONNXRuntimes(executor: Executor, inner: Int) throws {
    let inf = Float.infinity
    let rows: [([Float], [Float])] = [
      ([-inf, -inf, -inf, -inf], [.nan, .nan, .nan, .nan]),
      ([0, -inf, 1, 2], [0.09003057, 0, 0.24472848, 0.66524094]),
      ([.nan, 0, 1, 2], [.nan, .nan, .nan, .nan]), ([inf, 0, 1, 2], [.nan, .nan, .nan, .nan]),
      ([-1e30, -1e30, -1e30, 0], [0, 0, 0, 1]),
    ]
    for (row, expected) in rows {
      // Long enough for whole vectors on every instruction set; the axis is repeated.
      for repeats in [1, 5] {
        let axis = (0..<repeats).flatMap { _ in row }
        let x = Tensor(
          axis.flatMap { [Float](repeating: $0, count: inner) }, shape: [axis.count, inner])
        let y = unwritten(x.shape)
        try executor.softmax(x, axis: 0, into: y)
        let wanted = (0..<repeats).flatMap { _ in expected }.flatMap {
          [Float](repeating: $0 / Float(repeats), count: inner)
        }
        #expect(difference(y, Tensor(wanted, shape: x.shape)) < 1e-7, "\(row)")
      }
    }
  }

  @Test(arguments: executors, lengths)
  func reductionsAreTheReferences(executor: Executor, columns: Int) throws {
    let x = random([7, columns])
    for operation in [ReduceOperation.sum, .mean, .max, .min] {
      let y = unwritten([7])
      try executor.reduceRows(operation, x, columns: columns, into: y)
      let expected = try Reference.reduce(operation, x, axes: [1], keepDims: false)
      #expect(difference(y, expected) < 1e-5, "\(operation)")
    }
  }

  @Test(arguments: executors)
  func extremesOfARowWithNaNAreNaN(executor: Executor) throws {
    var elements = [Float](repeating: 1, count: 40)
    elements[21] = .nan
    let y = unwritten([1])
    for operation in [ReduceOperation.max, .min] {
      try executor.reduceRows(operation, Tensor(elements, shape: [1, 40]), columns: 40, into: y)
      #expect(y.elements(of: Float.self)[0].isNaN)
    }
  }

  @Test func refusesWhatDoesNotFit() {
    let executor = executors[0]
    #expect(throws: KernelError.self) {
      try executor.softmax(random([2, 3]), axis: 2, into: unwritten([2, 3]))
    }
    #expect(throws: KernelError.self) {
      try executor.layerNorm(
        random([2, 3]), columns: 4, scale: nil, bias: nil, epsilon: 0, into: unwritten([2, 3]))
    }
    #expect(throws: KernelError.self) {
      try executor.reduceRows(.prod, random([2, 3]), columns: 3, into: unwritten([2]))
    }
  }
}
