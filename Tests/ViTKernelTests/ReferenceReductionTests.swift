import Testing
import ViTKernel

@Suite struct ReferenceReductionTests {
  @Test func overAxes() throws {
    // numpy: np.arange(12).reshape(2, 3, 2).sum(axis=(0, 2))
    let sums = try Reference.reduce(.sum, counting(2, 3, 2), axes: [-1, 0], keepDims: false)
    #expect(sums.shape == [3])
    #expect(sums.elements() == [Int64(14), 22, 30])
    let means = try Reference.reduce(.mean, countingFloats(2, 3, 2), axes: [1])
    #expect(means.shape == [2, 1, 2])
    #expect(means.elements() == [Float(2), 3, 8, 9])
    #expect(try Reference.reduce(.prod, counting(2, 2)).elements() == [Int64(0)])
    #expect(isInvalid { try Reference.reduce(.sum, counting(2), axes: [1]) })
  }

  @Test func withoutAxes() throws {
    #expect(try Reference.reduce(.sum, counting(2, 3), axes: []).shape == [1, 1])
    let kept = try Reference.reduce(.sum, counting(2, 3), axes: [], noopWithEmptyAxes: true)
    #expect(kept.shape == [2, 3])
    let x = Tensor([Float(-1), 4], shape: [2])
    let squares = try Reference.reduce(.sumSquare, x, axes: [], noopWithEmptyAxes: true)
    #expect(squares.elements() == [Float(1), 16])
    #expect(try Reference.reduce(.max, Tensor(scalar: Float(3))).elements() == [Float(3)])
  }

  @Test func everyOperation() throws {
    let x = Tensor([Float(-1), 2, 2], shape: [3])
    func reduced(_ operation: ReduceOperation) throws -> [Float] {
      try Reference.reduce(operation, x, keepDims: false).elements()
    }
    #expect(try reduced(.l1) == [5])
    #expect(try reduced(.l2) == [3])
    #expect(try reduced(.sumSquare) == [9])
    #expect(try reduced(.min) == [-1])
    #expect(try reduced(.max) == [2])
    #expect(try reduced(.prod) == [-4])
    #expect(areClose(try reduced(.logSum), [1.0986123]))
    let large = Tensor([Float(1000), 999], shape: [2])
    #expect(
      areClose(try Reference.reduce(.logSumExp, large).elements(), [1000.31326], tolerance: 1e-3))
  }

  @Test func ofNothing() throws {
    let empty = Tensor(.float32, shape: [2, 0])
    func reduced(_ operation: ReduceOperation) throws -> [Float] {
      try Reference.reduce(operation, empty, axes: [1], keepDims: false).elements()
    }
    #expect(try reduced(.sum) == [0, 0])
    #expect(try reduced(.prod) == [1, 1])
    #expect(try reduced(.mean) == [0, 0])
    #expect(try reduced(.max) == [-.infinity, -.infinity])
    #expect(try reduced(.min) == [.infinity, .infinity])
    #expect(try reduced(.logSumExp) == [-.infinity, -.infinity])
    let integers = Tensor(.int32, shape: [0])
    #expect(try Reference.reduce(.max, integers).elements() == [Int32.min])
    #expect(try Reference.reduce(.sum, empty, axes: [0]).shape == [1, 0])
  }

  @Test func integersWrapAndTruncate() throws {
    let x = Tensor([Int32.max, 1], shape: [2])
    #expect(try Reference.reduce(.sum, x).elements() == [Int32.min])
    let negative = Tensor([Int32(-1), -2, 0, 0], shape: [4])
    #expect(try Reference.reduce(.mean, negative).elements() == [Int32(0)])
    let bools = Tensor([true, false], shape: [2])
    #expect(try Reference.reduce(.max, bools).elements() == [true])
    #expect(try Reference.reduce(.min, bools).elements() == [false])
    #expect(isUnsupported { try Reference.reduce(.sum, bools) })
  }

  /// Expected values are those of ONNX Runtime 1.32.0.
  @Test func rootsAndLogarithmsOfIntegersAreTruncated() throws {
    let rows: [[Int32]] = [[3, 4, -2], [-5, 0, 1], [0, 0, 0], [.max, 5, .max]]
    let expected: [(ReduceOperation, [Int32])] = [
      (.l2, [5, 5, 0, .max]), (.logSum, [1, .min, .min, 22]), (.logSumExp, [4, 1, 1, .max]),
    ]
    let x = Tensor(rows.flatMap(\.self), shape: [4, 3])
    for (operation, results) in expected {
      let reduced = try Reference.reduce(operation, x, axes: [1], keepDims: false)
      #expect(reduced.elements() == results, "\(operation)")
    }
    let wide = Tensor([Int64(3), 4, -2, 1 << 40, 0, 0], shape: [2, 3])
    let lengths = try Reference.reduce(.l2, wide, axes: [1], keepDims: false)
    #expect(lengths.elements() == [Int64(5), 1 << 40])
  }

  @Test func argMaxAndMin() throws {
    let x = Tensor([Float(1), 3, 3, -2, -2, 0], shape: [2, 3])
    let first = try Reference.argReduce(.max, x, axis: 1, keepDims: false)
    #expect(first.shape == [2])
    #expect(first.elements() == [Int64(1), 2])
    let last = try Reference.argReduce(.max, x, axis: 1, selectLastIndex: true)
    #expect(last.shape == [2, 1])
    #expect(last.elements() == [Int64(2), 2])
    #expect(try Reference.argReduce(.min, x, axis: -2).elements() == [Int64(1), 1, 1])
    #expect(isInvalid { try Reference.argReduce(.max, Tensor(.float32, shape: [0, 2])) })
    #expect(try Reference.argReduce(.max, Tensor(.float32, shape: [0, 2]), axis: 1).count == 0)
  }

  @Test func cumSum() throws {
    let x = Tensor([Int32(1), 2, 3, 4, 5, 6], shape: [2, 3])
    func summed(_ axis: Int, exclusive: Bool = false, reverse: Bool = false) throws -> [Int32] {
      try Reference.scan(.sum, x, axis: axis, exclusive: exclusive, reverse: reverse).elements()
    }
    #expect(try summed(-1) == [1, 3, 6, 4, 9, 15])
    #expect(try summed(0) == [1, 2, 3, 5, 7, 9])
    #expect(try summed(1, exclusive: true, reverse: true) == [5, 3, 0, 11, 6, 0])
    #expect(isInvalid { try summed(2) })
    #expect(isUnsupported { try Reference.scan(.sum, Tensor([true], shape: [1]), axis: 0) })
  }
}
