import Testing
import ViTKernel

@Suite struct ReferenceProductTests {
  @Test func matMul() throws {
    // numpy: np.arange(6).reshape(2, 3) @ np.arange(12).reshape(2, 3, 2)
    let product = try Reference.matMul(counting(2, 3), counting(2, 3, 2))
    #expect(product.shape == [2, 2, 2])
    #expect(product.elements() == [Int64(10), 13, 28, 40, 28, 31, 100, 112])
    let row = try Reference.matMul(countingFloats(3), countingFloats(2, 3, 2))
    #expect(row.shape == [2, 2])
    #expect(row.elements() == [Float(10), 13, 28, 31])
    let column = try Reference.matMul(counting(2, 3), counting(3))
    #expect(column.elements() == [Int64(5), 14])
    #expect(try Reference.matMul(counting(3), counting(3)).elements() == [Int64(5)])
    let empty = try Reference.matMul(countingFloats(2, 0), countingFloats(0, 2))
    #expect(empty.elements() == [Float(0), 0, 0, 0])
    #expect(isInvalid { try Reference.matMul(counting(2), countingFloats(2)) })
    #expect(
      isUnsupported { try Reference.matMul(Tensor(.int8, shape: [1]), Tensor(.int8, shape: [1])) })
  }

  @Test func gemm() throws {
    let a = countingFloats(3, 2)
    let b = countingFloats(2, 3)
    let parameters = GemmParameters(alpha: 2, beta: 3, transposeA: true, transposeB: true)
    // numpy: 2 * np.arange(6).reshape(3, 2).T @ np.arange(6).reshape(2, 3).T + 3 * [[1], [2]]
    let c = Tensor([Float(1), 2], shape: [2, 1])
    #expect(
      try Reference.gemm(a, b, c: c, parameters).elements() == [Float(23), 59, 32, 86])
    #expect(try Reference.gemm(a, b, c: Tensor(scalar: Float(1))).shape == [3, 3])
    let none = try Reference.gemm(
      countingFloats(1, 0), countingFloats(0, 1), c: Tensor(scalar: Float(4)))
    #expect(none.elements() == [Float(4)])
    #expect(isUnsupported { try Reference.gemm(counting(1, 1), counting(1, 1)) })
  }

  @Test func matMulInteger() throws {
    let a = Tensor([UInt8(200), 3, 0, 255], shape: [2, 2])
    let b = Tensor([Int8(-128), 127, 1, 0], shape: [2, 2])
    #expect(
      try Reference.matMulInteger(a, b).elements() == [Int32(-25597), 25400, 255, 0])
    // numpy: (a - [[1], [2]]) @ (b - [3, 4])
    let rows = Tensor([UInt8(1), 2], shape: [2])
    let columns = Tensor([Int8(3), 4], shape: [2])
    let expected = [Int32(-26073), 24469, -244, -1258]
    #expect(
      try Reference.matMulInteger(a, b, aZeroPoint: rows, bZeroPoint: columns).elements()
        == expected)
    let same = try Reference.matMulInteger(
      a, b, aZeroPoint: rows.reshaped([2, 1]), bZeroPoint: columns.reshaped([1, 2]))
    #expect(same.elements() == expected)
    #expect(isInvalid { try Reference.matMulInteger(a, b, bZeroPoint: rows) })
    #expect(
      isInvalid {
        try Reference.matMulInteger(a, b, aZeroPoint: Tensor([UInt8(1), 2, 3], shape: [3]))
      })
    #expect(isUnsupported { try Reference.matMulInteger(counting(2, 2), b) })
  }

  // numpy: sums over shifted windows of np.pad(np.arange(16).reshape(4, 4), pads)
  @Test func conv() throws {
    let x = countingFloats(1, 1, 4, 4)
    let weight = countingFloats(1, 1, 2, 2)
    let strided = try Reference.conv(
      x, weight: weight, ConvParameters(pads: [1, 1, 1, 1], strides: [2, 2]))
    #expect(strided.shape == [1, 1, 3, 3])
    #expect(strided.elements() == [Float(0), 8, 6, 28, 54, 22, 12, 14, 0])
    let dilated = try Reference.conv(x, weight: weight, ConvParameters(dilations: [2, 2]))
    #expect(dilated.elements() == [Float(48), 54, 72, 78])
  }

  // Expected values as ONNX Runtime 1.32 gives them.
  @Test func convWithAutomaticPadding() throws {
    let x = countingFloats(1, 1, 4)
    let weight = Tensor([Float(1), 10], shape: [1, 1, 2])
    let lower = try Reference.conv(x, weight: weight, ConvParameters(autoPad: .sameLower))
    #expect(lower.elements() == [Float(0), 10, 21, 32])
    let upper = try Reference.conv(
      x, weight: weight, ConvParameters(strides: [3], autoPad: .sameUpper))
    #expect(upper.elements() == [Float(10), 3])
    let valid = try Reference.conv(x, weight: weight, ConvParameters(autoPad: .valid))
    #expect(valid.elements() == [Float(10), 21, 32])
  }

  @Test func convInGroupsWithBias() throws {
    let x = Tensor([Float(1), 2, 10, 20], shape: [1, 2, 2])
    let weight = Tensor([Float(1), 2, 3, 4], shape: [4, 1, 1])
    let bias = Tensor([Float(0), 0, 0, 100], shape: [4])
    let y = try Reference.conv(x, weight: weight, bias: bias, ConvParameters(group: 2))
    #expect(y.elements() == [Float(1), 2, 2, 4, 30, 60, 140, 180])
  }

  @Test func convOverThreeAxes() throws {
    let x = countingFloats(1, 1, 2, 2, 2)
    let weight = Tensor([Float](repeating: 1, count: 8), shape: [1, 1, 2, 2, 2])
    #expect(try Reference.conv(x, weight: weight).elements() == [Float(28)])
    let padded = try Reference.conv(
      x, weight: weight, ConvParameters(pads: [1, 0, 0, 0, 0, 0]))
    #expect(padded.elements() == [Float(6), 28])
  }
}
