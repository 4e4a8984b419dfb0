import Testing
import ViTKernel

@Suite struct MovementTests {
  static let transpositions: [([Int], [Int])] = [
    ([], []), ([5], [0]), ([3, 5], [1, 0]), ([33, 50], [1, 0]), ([2, 7, 3, 4], [0, 2, 1, 3]),
    ([2, 7, 3, 20], [0, 2, 3, 1]), ([3, 18, 17], [2, 1, 0]), ([2, 0, 3], [1, 0, 2]),
    ([4, 1, 6, 1], [3, 2, 1, 0]), ([2, 3, 2, 3, 2, 3, 2, 3], [7, 5, 3, 1, 6, 4, 2, 0]),
    ([300, 200], [1, 0]),
  ]

  @Test(arguments: transpositions)
  func transposesAsTheReference(shape: [Int], permutation: [Int]) throws {
    let plan = try StridedCopy(transposing: shape, permutation: permutation)
    for threads in [1, 3] {
      let executor = Executor(
        kernels: executors[0].kernels, pool: ThreadPool(threads: threads))
      for x in tensors(shape) {
        let expected = try Reference.transpose(x, permutation: permutation)
        let y = Tensor(x.elementType, shape: expected.shape)
        try executor.copy(plan, from: x, into: y)
        #expect(bytes(y) == bytes(expected), "\(x.elementType)")
      }
    }
  }

  @Test func concatenatesSlicesAndExpands() throws {
    let executor = executors[0]
    let a = random([3, 4])
    let b = random([3, 2], seed: 2)
    let joined = Tensor(.float32, shape: [3, 6])
    for (part, column) in [(a, 0), (b, 4)] {
      let plan = try StridedCopy(
        dims: part.shape, sourceStrides: [part.shape[1], 1], destinationStrides: [6, 1],
        destinationOffset: column)
      try executor.copy(plan, from: part, into: joined)
    }
    #expect(bits(joined) == bits(try Reference.concat([a, b], axis: 1)))

    // The last row first, every second column backwards.
    let slice = try StridedCopy(
      dims: [3, 3], sourceStrides: [-6, -2], sourceOffset: 17, destinationStrides: [3, 1])
    let sliced = Tensor(.float32, shape: [3, 3])
    try executor.copy(slice, from: joined, into: sliced)
    let expected = try Reference.slice(
      joined, starts: [-1, -1], ends: [-100, -100], axes: [0, 1], steps: [-1, -2])
    #expect(bits(sliced) == bits(expected))

    let expand = try StridedCopy(
      dims: [2, 3, 5], sourceStrides: [0, 1, 0], destinationStrides: [15, 5, 1])
    let column = random([3, 1])
    let expanded = Tensor(.float32, shape: [2, 3, 5])
    try executor.copy(expand, from: column, into: expanded)
    #expect(bits(expanded) == bits(try Reference.expand(column, to: [2, 3, 5])))
  }

  @Test func refusesToReachBeyondATensor() throws {
    let plan = try StridedCopy(dims: [2, 3], sourceStrides: [3, 1], destinationStrides: [3, 1])
    #expect(throws: KernelError.self) {
      try executors[0].copy(plan, from: random([5]), into: unwritten([6]))
    }
    #expect(throws: KernelError.self) {
      try executors[0].copy(plan, from: random([6]), into: unwritten([5]))
    }
    let backwards = try StridedCopy(dims: [3], sourceStrides: [-1], destinationStrides: [1])
    #expect(throws: KernelError.self) {
      try executors[0].copy(backwards, from: random([3]), into: unwritten([3]))
    }
    #expect(throws: KernelError.self) {
      try StridedCopy(transposing: [2, 3], permutation: [0, 0])
    }
  }

  @Test(arguments: [0, 1, -1])
  func gathersAsTheReference(axis: Int) throws {
    let data = random([4, 3, 5])
    let wide = Tensor([0, 2, -1, -3, 1, 1] as [Int64], shape: [2, 3])
    let narrow = Tensor([0, 2, -1, -3, 1, 1] as [Int32], shape: [2, 3])
    for indices in [wide, narrow] {
      let expected = try Reference.gather(data, indices: indices, axis: axis)
      let y = unwritten(expected.shape)
      try executors[0].gather(data, indices: indices, axis: axis, into: y)
      #expect(bits(y) == bits(expected))
    }
  }

  @Test func refusesIndicesOutOfRange() {
    let data = random([4, 3])
    for index in [Int64(4), -5, .max, .min] {
      #expect(throws: KernelError.self) {
        try executors[0].gather(
          data, indices: Tensor([0, index], shape: [2]), axis: 0, into: unwritten([2, 3]))
      }
    }
  }

  /// Tensors of every width of element.
  private func tensors(_ shape: [Int]) -> [Tensor] {
    let count = shape.reduce(1, *)
    return [
      Tensor((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }, shape: shape),
      Tensor((0..<count).map { Int32($0) }, shape: shape),
      Tensor((0..<count).map { Int64($0) << 33 }, shape: shape),
    ]
  }
}
