import Testing
import ViTKernel

/// Indexing, padding, scans, reductions over any axes and Einsum against the plain reference.
@Suite struct IndexKernelTests {
  private static func indices(_ shape: [Int], below length: Int, seed: UInt64) -> Tensor {
    let values = random(shape, seed: seed, in: 0...0.999).elements(of: Float.self)
    // Every other one counts from the end.
    let places = values.enumerated().map { index, value in
      Int64(value * Float(length)) - (index % 2 == 0 ? 0 : Int64(length))
    }
    return Tensor(places, shape: shape)
  }

  @Test(arguments: [0, 1, 2])
  func gathersAndScattersElements(axis: Int) throws {
    let data = random([4, 5, 6])
    var shape = [4, 3, 2]
    shape[axis] = 7
    let picks = Self.indices(shape, below: data.shape[axis], seed: 3)
    let gathered = unwritten(shape)
    let updates = random(shape, seed: 5)
    for executor in ViTKernelTests.executors(like: executors[0]) {
      try executor.gatherElements(data, indices: picks, axis: axis, into: gathered)
      #expect(
        bits(gathered) == bits(try Reference.gatherElements(data, indices: picks, axis: axis)))
      for reduction in [ScatterReduction.none, .add, .mul, .max, .min] {
        let y = unwritten(data.shape)
        try executor.scatterElements(
          data, indices: picks, updates: updates, axis: axis, reduction: reduction, into: y)
        let expected = try Reference.scatterElements(
          data, indices: picks, updates: updates, axis: axis, reduction: reduction)
        #expect(difference(y, expected) < 1e-5, "\(reduction)")
      }
    }
  }

  @Test func gathersAndScattersSlices() throws {
    let data = random([3, 4, 5])
    let tuples = Tensor([Int64(0), -1, 2, 1, -3, 3], shape: [3, 2])
    let picked = unwritten([3, 5])
    try executors[0].gatherND(data, indices: tuples, batchDims: 0, into: picked)
    #expect(bits(picked) == bits(try Reference.gatherND(data, indices: tuples)))
    let batch = Tensor([Int32(0), -1, 3], shape: [3, 1])
    try executors[0].gatherND(data, indices: batch, batchDims: 1, into: picked)
    #expect(bits(picked) == bits(try Reference.gatherND(data, indices: batch, batchDims: 1)))
    for reduction in [ScatterReduction.none, .add] {
      let y = unwritten(data.shape)
      let updates = random([3, 5], seed: 9)
      try executors[0].scatterND(
        data, indices: tuples, updates: updates, reduction: reduction, into: y)
      let expected = try Reference.scatterND(
        data, indices: tuples, updates: updates, reduction: reduction)
      #expect(difference(y, expected) < 1e-6)
    }
  }

  @Test func anIndexOutOfRangeIsRefused() throws {
    let data = random([3, 4])
    let (low, high) = (Tensor([Int64(-4)], shape: [1, 1]), Tensor([Int64.max], shape: [1, 1]))
    for bad in [low, high] {
      let y = unwritten([1, 1])
      #expect(isInvalid { try executors[0].gatherElements(data, indices: bad, axis: 0, into: y) })
      #expect(isInvalid { try Reference.gatherElements(data, indices: bad) })
      let row = unwritten([1, 4])
      #expect(isInvalid { try executors[0].gatherND(data, indices: bad, batchDims: 0, into: row) })
      #expect(isInvalid { try Reference.gatherND(data, indices: bad) })
      #expect(isInvalid { try Reference.scatterND(data, indices: bad, updates: row) })
    }
  }

  static let pads: [([Int], [Int], PadMode)] = [
    ([3, 4], [1, 2, 0, 3], .constant), ([3, 4], [-1, 0, 1, -2], .constant),
    ([3, 4], [1, 2, 0, 3], .edge), ([3, 4], [2, 3, 2, 1], .reflect),
    ([3, 4], [1, 9, 7, 0], .wrap),
    ([2, 3, 4], [0, 1, 0, 0, 1, 2], .edge), ([0, 2], [1, 0, 0, 0], .constant),
    ([5], [-3, -2], .constant),
  ]

  @Test(arguments: pads)
  func padsAsTheReference(shape: [Int], pads: [Int], mode: PadMode) throws {
    for type in [ElementType.float32, .int64, .uint8] {
      let x = Reference.cast(random(shape, in: 0...99), to: type)
      let value = Reference.cast(Tensor(scalar: Float(7)), to: type)
      let expected = try Reference.pad(x, pads: pads, mode: mode, value: value)
      let y = Tensor(type, shape: expected.shape)
      try executors[0].pad(x, plan: PadPlan(shape, pads: pads, mode: mode), value: value, into: y)
      #expect(bytes(y) == bytes(expected))
    }
  }

  @Test func paddingBeyondTheInputIsRefused() {
    #expect(isInvalid { try PadPlan([3], pads: [3, 0], mode: .reflect) })
    #expect(isInvalid { try PadPlan([0], pads: [1, 0], mode: .edge) })
    #expect(isInvalid { try PadPlan([3], pads: [-4, 0], mode: .constant) })
    #expect(isUnsupported { try PadPlan([3], pads: [0, 1 << 20], mode: .edge) })
  }

  @Test(arguments: executors, [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [3], [0, 3]])
  func reducesOverAnyAxes(executor: Executor, axes: [Int]) throws {
    let x = random([5, 37, 70, 1], in: -2...3)
    for operation in [ReduceOperation.sum, .mean, .max, .min] {
      let expected = try Reference.reduce(operation, x, axes: axes)
      let plan = try ReductionPlan(operation, shape: x.shape, axes: axes)
      for executor in ViTKernelTests.executors(like: executor) {
        let y = unwritten(expected.shape)
        let workspace = Tensor(.uint8, shape: [plan.workspace])
        try executor.reduce(x, plan: plan, workspace: workspace, into: y)
        // float32 sums of n terms of at most 3: n^2 * 3 * 2^-24 is far more than they differ.
        let tolerance: Float = operation == .sum ? 2e-2 : 1e-5
        #expect(difference(y, expected) < tolerance, "\(operation)")
      }
    }
  }

  @Test func rootsOfSquaresAreThoseOfRowsOnly() throws {
    let x = random([5, 37])
    for operation in [ReduceOperation.l2, .sumSquare] {
      let y = unwritten([5, 1])
      let plan = try ReductionPlan(operation, shape: x.shape, axes: [1])
      try executors[0].reduce(x, plan: plan, workspace: Tensor(.uint8, shape: [0]), into: y)
      #expect(difference(y, try Reference.reduce(operation, x, axes: [1])) < 1e-5)
      #expect(isUnsupported { try ReductionPlan(operation, shape: x.shape, axes: [0]) })
    }
    #expect(isUnsupported { try ReductionPlan(.sum, shape: [0, 2], axes: [0]) })
  }

  @Test(arguments: [0, 1, 2])
  func scansAndFindsExtremes(axis: Int) throws {
    let x = random([3, 40, 7], in: -2...2)
    for (exclusive, reverse) in [(false, false), (true, false), (false, true), (true, true)] {
      for operation in [ScanOperation.sum, .product] {
        let y = unwritten(x.shape)
        try executors[0].scan(
          operation, x, axis: axis, exclusive: exclusive, reverse: reverse, into: y)
        let expected = try Reference.scan(
          operation, x, axis: axis, exclusive: exclusive, reverse: reverse)
        #expect(bits(y) == bits(expected))
      }
    }
    let ties = Tensor(x.elements(of: Float.self).map { $0.rounded() }, shape: x.shape)
    for operation in [ArgReduceOperation.max, .min] {
      for last in [false, true] {
        let expected = try Reference.argReduce(operation, ties, axis: axis, selectLastIndex: last)
        let y = Tensor(.int64, shape: expected.shape)
        try executors[0].argReduce(operation, ties, axis: axis, selectLastIndex: last, into: y)
        #expect(bytes(y) == bytes(expected))
      }
    }
  }

  static let equations: [(String, [Int], [Int])] = [
    ("ij,jk->ik", [3, 4], [4, 5]), ("bqhd,bkhd->bhqk", [2, 3, 4, 5], [2, 6, 4, 5]),
    ("bhqk,bkhd->bqhd", [2, 4, 3, 6], [2, 6, 4, 5]), ("bhwc,hkc->bhwk", [2, 3, 4, 5], [3, 6, 5]),
    ("...ij,...jk", [2, 3, 4, 5], [2, 3, 5, 2]), ("i,j->ji", [3], [4]), ("i,i->", [5], [5]),
    ("bii,bi->b", [2, 3, 3], [2, 3]), ("ij,kj->ki", [1, 4], [3, 4]),
  ]

  @Test(arguments: equations)
  func multipliesByEquation(text: String, a: [Int], b: [Int]) throws {
    let equation = try EinsumEquation(text)
    let (left, right) = (random(a), random(b, seed: 2))
    let expected = try Reference.einsum(equation, [left, right])
    let einsum = try #require(try EinsumProduct(equation, a, b))
    let y = unwritten(expected.shape)
    let workspace = Tensor(.uint8, shape: [einsum.workspace])
    try executors[0].einsum(left, right, einsum, workspace: workspace, into: y)
    #expect(difference(y, expected) < 1e-5)
  }

  @Test(arguments: ["ij,jk->ii", "ij->k", "i1,j", "......", "ij->->", "a..b", "ij,jk->i->k"])
  func anEquationThatIsNoneIsRefused(text: String) {
    #expect(isInvalid { try EinsumEquation(text) })
  }

  @Test func operandsMustFitTheEquation() throws {
    let equation = try EinsumEquation("ij,jk->ik")
    #expect(isInvalid { try EinsumPlan(equation, shapes: [[2, 3]]) })
    #expect(isInvalid { try EinsumPlan(equation, shapes: [[2, 3], [4, 5]]) })
    #expect(isInvalid { try EinsumPlan(equation, shapes: [[2, 3], [3]]) })
    let outer = try EinsumEquation("a,b,c,d->")
    let huge = Tensor(.float32, shape: [1 << 10])
    #expect(isUnsupported { try Reference.einsum(outer, [huge, huge, huge, huge]) })
  }
}
