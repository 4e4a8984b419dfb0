import Testing
import ViTKernel

/// Operators over quantized tensors: what their rules forbid, and values worked out by hand. ONNX
/// Runtime's own results are in `fixtures/golden/operators`.
@Suite struct ReferenceQLinearTests {
  static func bytes(_ values: [UInt8], _ shape: [Int], scale: Float, zero: UInt8) -> QuantizedTensor
  {
    QuantizedTensor(
      values: Tensor(values, shape: shape), scale: Tensor(scalar: scale),
      zeroPoint: Tensor(scalar: zero))
  }

  let one = Tensor(scalar: Float(1))
  let zero = Tensor(scalar: UInt8(0))

  @Test func productsAreScaledRoundedToEvenAndClamped() throws {
    let a = Self.bytes([11, 12, 14, 10], [4, 1], scale: 0.5, zero: 10)
    let b = Self.bytes([1, 201], [1, 2], scale: 1, zero: 0)
    // 0.5 * [1, 2, 4, 0] times [1, 201], shifted by 3.
    let y = try Reference.qLinearMatMul(a, b, scale: one, zeroPoint: Tensor(scalar: UInt8(3)))
    #expect(y.elements() == [UInt8(3), 103, 4, 204, 5, 255, 3, 3])
  }

  @Test func rowsAndColumnsMayHaveScalesOfTheirOwn() throws {
    var a = Self.bytes([1, 2], [2, 1], scale: 1, zero: 0)
    a.scale = Tensor([Float(1), 10], shape: [2])
    var b = Self.bytes([1, 1], [1, 2], scale: 1, zero: 0)
    b.scale = Tensor([Float(1), 3], shape: [2])
    let y = try Reference.qLinearMatMul(a, b, scale: one, zeroPoint: zero)
    #expect(y.elements() == [UInt8(1), 3, 20, 60])
    let floats = try Reference.matMulIntegerToFloat(
      a, b, bias: Tensor([Float(0.5), 0], shape: [2]))
    #expect(floats.elements() == [Float(1.5), 3, 20.5, 60])
    b.scale = Tensor([Float(1), 3, 5], shape: [3])
    #expect(isInvalid { try Reference.qLinearMatMul(a, b, scale: one, zeroPoint: zero) })
  }

  @Test func parametersThatDoNotFitAreRefused() throws {
    let a = Self.bytes([1, 2], [1, 2], scale: 1, zero: 0)
    let two = Tensor([Float(1), 2], shape: [2])
    #expect(isInvalid { try Reference.qLinearMatMul(a, a, scale: one, zeroPoint: zero) })
    let b = Self.bytes([1, 2], [2, 1], scale: 1, zero: 0)
    #expect(isInvalid { try Reference.qLinearMatMul(a, b, scale: two, zeroPoint: zero) })
    #expect(
      isInvalid {
        try Reference.qLinearMatMul(
          a, b, scale: one, zeroPoint: Tensor([UInt8(0), 0], shape: [2]))
      })
    #expect(isUnsupported { try Reference.qLinearMatMul(a, b, scale: zero, zeroPoint: zero) })
    let signed = QuantizedTensor(values: Tensor([Int8(1), 2], shape: [1, 2]), scale: one)
    #expect(
      isInvalid { try Reference.qLinearBinary(.add, a, signed, scale: one, zeroPoint: zero) })
    #expect(isInvalid { try Reference.qLinearBinary(.add, a, a, scale: two, zeroPoint: nil) })
    #expect(isInvalid { try Reference.qLinearConcat([a], axis: 2, scale: one, zeroPoint: zero) })
    #expect(isInvalid { try Reference.qLinearConcat([], axis: 0, scale: one, zeroPoint: zero) })
  }

  @Test func convolutionsThatDoNotFitAreRefused() throws {
    let x = Self.bytes([UInt8](repeating: 1, count: 18), [1, 2, 3, 3], scale: 1, zero: 1)
    let w = Self.bytes([UInt8](repeating: 3, count: 8), [1, 2, 2, 2], scale: 1, zero: 2)
    let y = try Reference.qLinearConv(x, weight: w, scale: one, zeroPoint: zero)
    #expect(y.shape == [1, 1, 2, 2] && y.elements() == [UInt8](repeating: 0, count: 4))
    let bias = Tensor([Int32(1), 2], shape: [2])
    #expect(
      isInvalid { try Reference.qLinearConv(x, weight: w, scale: one, zeroPoint: zero, bias: bias) }
    )
    #expect(
      isInvalid {
        try Reference.qLinearConv(x, weight: w, scale: one, zeroPoint: zero, .init(group: 0))
      })
    #expect(
      isInvalid {
        try Reference.qLinearConv(
          Self.bytes([1], [1], scale: 1, zero: 0), weight: w, scale: one, zeroPoint: zero,
          channelsLast: true)
      })
    let zeros = Tensor([UInt8(0), 0], shape: [2])
    #expect(isInvalid { try Reference.convInteger(x.values, weight: w.values, zeroPoint: zeros) })
  }

  @Test func bitsAreReadLowestFirst() throws {
    let weight = try BlockWeightParameters(inputs: 3, outputs: 1, bits: 4, blockSize: 16)
    let packed = Tensor([UInt8(0x21), 0x0f] + [UInt8](repeating: 0, count: 6), shape: [1, 1, 8])
    let scales = Tensor([Float(2)], shape: [1])
    let plain = try Reference.blockWeight(packed, scales: scales, weight)
    #expect(plain.elements() == [Float(-14), -12, 14])
    let shifted = try Reference.blockWeight(
      packed, scales: scales, zeroPoints: Tensor([UInt8(0xf1)], shape: [1]), weight)
    #expect(shifted.elements() == [Float(0), 2, 28])
    let groups = Tensor([Int32(0), 0, 1], shape: [3])
    #expect(isInvalid { try Reference.blockWeight(packed, scales: scales, groups: groups, weight) })
    #expect(isInvalid { try Reference.blockWeight(scales, scales: scales, weight) })
    #expect(
      isInvalid {
        try Reference.blockWeight(packed, scales: Tensor([Float(1), 2], shape: [2]), weight)
      })
    #expect(
      isInvalid { try Reference.blockWeight(packed, scales: scales, zeroPoints: packed, weight) })
  }

  @Test func anOmittedWeightGivesTheBias() throws {
    let weight = try BlockWeightParameters(inputs: 3, outputs: 2, bits: 4, blockSize: 16)
    let y = try Reference.matMulNBits(
      Tensor([Float(1), 2, 3], shape: [1, 3]), Tensor(.uint8, shape: [2, 0, 8]),
      scales: Tensor(.float32, shape: [0]), bias: Tensor([Float(5), 6], shape: [2]), weight)
    #expect(y.elements() == [Float(5), 6])
  }

  @Test(arguments: [
    (0, 1, 4, 16), (1, -1, 4, 16), (1, 1, 4, 24), (1, 1, 4, 0), (.max, .max, 8, 16),
  ])
  func blockSizesOutOfRangeAreRefused(inputs: Int, outputs: Int, bits: Int, block: Int) {
    #expect(
      isInvalid {
        try BlockWeightParameters(inputs: inputs, outputs: outputs, bits: bits, blockSize: block)
      })
  }

  @Test func attentionThatDoesNotFitIsRefused() throws {
    let x = Self.bytes([1, 2], [1, 1, 2], scale: 1, zero: 0)
    let w = Self.bytes([UInt8](repeating: 1, count: 12), [2, 6], scale: 1, zero: 0)
    let bias = Tensor(.float32, shape: [6])
    let y = try Reference.quantizedAttention(x, weight: w, bias: bias, .init(heads: 2))
    // One row attends to itself: the values, 1 + 2.
    #expect(y.elements() == [Float(3), 3])
    for heads in [0, -1, 4] {
      #expect(
        isInvalid {
          try Reference.quantizedAttention(x, weight: w, bias: bias, .init(heads: heads))
        })
    }
    let mask = Tensor([Int32](repeating: 1, count: 3), shape: [3])
    #expect(
      isUnsupported {
        try Reference.quantizedAttention(x, weight: w, bias: bias, mask: mask, .init(heads: 1))
      })
  }
}
