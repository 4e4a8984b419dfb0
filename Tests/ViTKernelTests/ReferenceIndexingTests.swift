import Testing
import ViTKernel

/// What the references of indexing, sorting and bits refuse, and where ONNX Runtime's goldens have no
/// case.
@Suite struct ReferenceIndexingTests {
  @Test func topKTakesTheLowerIndexOfEquals() throws {
    let x = Tensor([Float(2), 5, 5, 1], shape: [4])
    let result = try Reference.topK(x, k: 3)
    #expect(result.values.elements() == [Float(5), 5, 2])
    #expect(result.indices.elements() == [Int64(1), 2, 0])
    #expect(try Reference.topK(x, k: 0).values.count == 0)
    #expect(isInvalid { try Reference.topK(x, k: 5) })
    #expect(isInvalid { try Reference.topK(x, k: -1) })
    #expect(isInvalid { try Reference.topK(Tensor(scalar: Float(1)), k: 1) })
    #expect(isUnsupported { try Reference.topK(Tensor([true], shape: [1]), k: 1) })
  }

  @Test func aScalarIsNonZeroWithoutDimensions() {
    #expect(Reference.nonZero(Tensor(scalar: Float(3))).shape == [0, 1])
    #expect(Reference.nonZero(Tensor(scalar: Float(0))).shape == [0, 0])
  }

  @Test func shiftsBeyondTheWidthLeaveTheSign() throws {
    let x = Tensor([Int8(-7), 7], shape: [2])
    func shifted(_ direction: ShiftDirection, by count: Int8) throws -> [Int8] {
      try Reference.bitShift(direction, x, Tensor(scalar: count)).elements()
    }
    #expect(try shifted(.right, by: 8) == [-1, 0])
    #expect(try shifted(.right, by: -1) == [-1, 0])
    #expect(try shifted(.left, by: 127) == [0, 0])
    #expect(try shifted(.left, by: -128) == [0, 0])
    #expect(try shifted(.left, by: 5) == [32, -32])
  }

  @Test func bitsAreReadAsTheTypeThatTheyHad() throws {
    let x = Tensor([Float(1), -2], shape: [2])
    let bits = try Reference.bitCast(x, from: .float16, to: .uint16)
    #expect(bits.elements() == [UInt16(0x3c00), 0xc000])
    #expect(try Reference.bitCast(bits, from: .uint16, to: .float16).elements() == [Float(1), -2])
    let four = try Reference.bitCast(Tensor([Int8(-8), 7], shape: [2]), from: .int4, to: .uint4)
    #expect(four.elements() == [UInt8(8), 7])
    let truth = try Reference.bitCast(Tensor([UInt8(0), 200], shape: [2]), from: .uint8, to: .bool)
    #expect(truth.elements() == [false, true])
    #expect(isInvalid { try Reference.bitCast(x, from: .float32, to: .float16) })
  }

  @Test func scattersMustFit() throws {
    let data = Tensor(.float32, shape: [2, 3])
    let indices = Tensor(.int64, shape: [2, 1])
    let updates = Tensor(.float32, shape: [2, 2])
    #expect(isInvalid { try Reference.scatterElements(data, indices: indices, updates: updates) })
    #expect(isInvalid { try Reference.scatterND(data, indices: indices, updates: updates) })
    #expect(
      isInvalid { try Reference.scatterND(data, indices: Tensor(scalar: Int64(0)), updates: data) })
    #expect(isInvalid { try Reference.gatherND(data, indices: indices, batchDims: 2) })
    #expect(isInvalid { try Reference.gatherND(data, indices: indices, batchDims: -1) })
    #expect(isInvalid { try Reference.gatherND(data, indices: Tensor(.int64, shape: [2, 0])) })
  }

  @Test func otherShapesThatDoNotFit() throws {
    let x = Tensor(.float32, shape: [2, 3])
    let starts = Tensor([Int64(0), 3], shape: [2])
    #expect(isInvalid { try Reference.tensorScatter(x, update: x, starts: starts, axis: 1) })
    #expect(isInvalid { try Reference.tensorScatter(x, update: x, axis: 0) })
    #expect(isInvalid { try Reference.reverseSequence(x, lengths: starts) })
    #expect(isInvalid { try Reference.compress(x, condition: Tensor([true], shape: [1]), axis: 5) })
    #expect(isInvalid { try Reference.compress(x, condition: x) })
    #expect(isInvalid { try Reference.determinant(x) })
    #expect(isInvalid { try Reference.eyeLike(starts, type: .float32) })
    let pair = Tensor([Float(0), 1], shape: [2])
    #expect(isInvalid { try Reference.oneHot(starts, depth: -1, values: pair) })
    #expect(isInvalid { try Reference.oneHot(starts, depth: 1 << 40, values: pair) })
    #expect(isInvalid { try Reference.oneHot(starts, depth: 2, values: x) })
    #expect(isInvalid { try Reference.window(.hann, size: -1) })
    #expect(isInvalid { try Reference.window(.hann, size: .max) })
    let target = Tensor([Int64(0), 9], shape: [2])
    #expect(isInvalid { try Reference.negativeLogLikelihood(x, targets: target, .init()) })
    #expect(isInvalid { try Reference.negativeLogLikelihood(x, targets: x, .init()) })
  }

  @Test func extremeDiagonalsAreBeyondTheMatrix() throws {
    let x = countingFloats(2, 3)
    #expect(try Reference.trilu(x, diagonal: .max).elements() == [Float](repeating: 0, count: 6))
    #expect(try Reference.trilu(x, diagonal: .min).elements() == x.elements(of: Float.self))
    let eye = try Reference.eyeLike(x, type: .int64, diagonal: .min)
    #expect(eye.elements() == [Int64](repeating: 0, count: 6))
  }

  @Test func flooredRemaindersHaveTheDivisorsSign() throws {
    let a = Tensor([Float(5), -5, 6, 0, -0.0, 1, -1, .infinity, 1], shape: [9])
    let b = Tensor([Float(-3), 3, 3, -2, 2, .infinity, .infinity, 2, 0], shape: [9])
    let expected: [Float] = [-1, 1, 0, -0.0, 0, 1, .infinity, .nan, .nan]
    let results = try Reference.binary(.mod(fmod: false), a, b).elements(of: Float.self)
    let kernel = unwritten([9])
    try executors[0].binary(.mod(fmod: false), a, b, into: kernel)
    for values in [results, kernel.elements(of: Float.self)] {
      for (value, wanted) in zip(values, expected) {
        #expect(value.isNaN && wanted.isNaN || value.bitPattern == wanted.bitPattern)
      }
    }
  }

  @Test(arguments: executors)
  func activationsAreTheReferences(executor: Executor) throws {
    let x = random([3, 67], in: -6...6)
    let operations: [UnaryOperation] = [
      .celu(alpha: 0.7), .selu(alpha: 1.6, gamma: 1.05), .thresholdedRelu(alpha: 0.5),
      .shrink(lambda: 0.5, bias: 0.2), .swish(alpha: 1.5), .hardSwish,
    ]
    for operation in operations {
      let y = unwritten(x.shape)
      try executor.unary(operation, x, into: y)
      #expect(difference(y, try Reference.unary(operation, x)) < 4e-6, "\(operation)")
    }
    let (slope, y) = (random([67], seed: 4), unwritten(x.shape))
    try executor.binary(.prelu, x, slope, into: y)
    #expect(bits(y) == bits(try Reference.binary(.prelu, x, slope)))
    #expect(isInvalid { try Reference.binary(.prelu, slope, x) })
  }

  @Test func narrowTypesAreQuantizedToTheirRange() throws {
    let x = Tensor([Float(-30), -3, 0.6, 2.5, 9, 70_000], shape: [6])
    func quantized(_ type: ElementType) throws -> Tensor {
      try Reference.quantizeLinear(x, scale: Tensor(scalar: Float(1)), outputType: type)
    }
    #expect(try quantized(.int4).elements() == [Int8(-8), -3, 1, 2, 7, 7])
    #expect(try quantized(.uint4).elements() == [UInt8(0), 0, 1, 2, 9, 15])
    #expect(try quantized(.int2).elements() == [Int8(-2), -2, 1, 1, 1, 1])
    #expect(try quantized(.uint16).elements() == [UInt16(0), 0, 1, 2, 9, 65_535])
    #expect(try quantized(.float4e2m1).elements() == [Float(-6), -3, 0.5, 2, 6, 6])
    #expect(try quantized(.float8e5m2).elements() == [Float(-32), -3, 0.625, 2.5, 8, 57_344])
    #expect(isUnsupported { try quantized(.float16) })
  }

  @Test func powersOfTwoAreRoundedAsTold() {
    let x = Tensor([Float(1), 1.25, 1.5, 1.75, 3], shape: [5])
    func rounded(_ rounding: PowerRounding) -> [Float] {
      let powers = Reference.cast(x, to: .float8e8m0, rounding: rounding)
      return Reference.cast(powers, to: .float32).elements()
    }
    #expect(rounded(.up) == [1, 2, 2, 2, 4])
    #expect(rounded(.down) == [1, 1, 1, 1, 2])
    #expect(rounded(.nearest) == [1, 1, 2, 2, 4])
  }
}
