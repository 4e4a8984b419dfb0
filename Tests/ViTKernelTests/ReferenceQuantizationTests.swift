import Testing
import ViTKernel

@Suite struct ReferenceQuantizationTests {
  // The examples of the ONNX operator's documentation.
  @Test func dynamicQuantizeLinear() throws {
    let x = Tensor([Float(0), 2, -3, -2.5, 1.34, 0.5], shape: [6])
    let mixed = try Reference.dynamicQuantizeLinear(x)
    #expect(mixed.y.elements() == [UInt8(153), 255, 0, 26, 221, 179])
    #expect(mixed.scale.elements() == [Float(0.019607844)])
    #expect(mixed.zeroPoint.elements() == [UInt8(153)])
    let negative = try Reference.dynamicQuantizeLinear(
      Tensor([Float(-1), -2.1, -1.3, -2.5, -3.34, -4], shape: [2, 3]))
    #expect(negative.y.elements() == [UInt8(191), 121, 172, 96, 42, 0])
    #expect(negative.y.shape == [2, 3])
    #expect(negative.zeroPoint.elements() == [UInt8(255)])
  }

  // Expected values as ONNX Runtime 1.32 gives them.
  @Test(
    arguments: [
      ([0, 0], [0, 0], 1, 0),
      ([], [], 1, 0),
      ([1, .nan, -2], [255, 0, 0], 3 / 255, 170),
      ([1, .infinity, -2], [0, 0, 0], .infinity, 0),
      ([1, -.infinity, -2], [255, 0, 255], .infinity, 255),
    ] as [([Float], [UInt8], Float, UInt8)])
  func dynamicQuantizeLinearAtTheEdges(
    values: [Float], expected: [UInt8], scale: Float, zeroPoint: UInt8
  ) throws {
    let result = try Reference.dynamicQuantizeLinear(Tensor(values, shape: [values.count]))
    #expect(result.y.elements() == expected)
    #expect(result.scale.elements() == [scale])
    #expect(result.zeroPoint.elements() == [zeroPoint])
  }

  @Test func quantizeLinearRoundsHalfToEvenAndSaturates() throws {
    let x = Tensor([Float(1), 3, 5, -1, 1000, -1000, .nan, .infinity], shape: [8])
    let scale = Tensor(scalar: Float(2))
    #expect(
      try Reference.quantizeLinear(x, scale: scale, zeroPoint: Tensor(scalar: UInt8(10)))
        .elements() == [UInt8(10), 12, 12, 10, 255, 0, 0, 255])
    #expect(
      try Reference.quantizeLinear(x, scale: scale, outputType: .int8).elements()
        == [Int8(0), 2, 2, 0, 127, -128, -128, 127])
  }

  @Test func quantizeLinearPerAxis() throws {
    let x = countingFloats(2, 2, 2)
    let scale = Tensor([Float(1), 0.5], shape: [2])
    let zeroPoint = Tensor([Int8(0), -1], shape: [2])
    #expect(
      try Reference.quantizeLinear(x, scale: scale, zeroPoint: zeroPoint).elements()
        == [Int8(0), 1, 3, 5, 4, 5, 11, 13])
    #expect(
      try Reference.quantizeLinear(x, scale: scale, zeroPoint: zeroPoint, axis: -3).elements()
        == [Int8(0), 1, 2, 3, 7, 9, 11, 13])
    let three = Tensor([Float](repeating: 1, count: 3), shape: [3])
    #expect(isInvalid { try Reference.quantizeLinear(x, scale: three) })
    #expect(
      isInvalid {
        try Reference.quantizeLinear(x, scale: scale, zeroPoint: .init(scalar: UInt8(0)))
      })
    #expect(isInvalid { try Reference.quantizeLinear(x, scale: scale, axis: 3) })
    #expect(isUnsupported { try Reference.quantizeLinear(x, scale: scale, outputType: .int32) })
  }

  @Test func dequantizeLinear() throws {
    let x = Tensor([UInt8(0), 3, 128, 255], shape: [4])
    let scale = Tensor(scalar: Float(2))
    #expect(
      try Reference.dequantizeLinear(x, scale: scale, zeroPoint: Tensor(scalar: UInt8(128)))
        .elements() == [Float(-256), -250, 0, 254])
    let sums = Tensor([Int32(5), -7], shape: [2])
    #expect(try Reference.dequantizeLinear(sums, scale: scale).elements() == [Float(10), -14])
    #expect(
      isInvalid {
        try Reference.dequantizeLinear(x, scale: scale, zeroPoint: .init(scalar: Int8(0)))
      })
    #expect(isUnsupported { try Reference.dequantizeLinear(counting(2), scale: scale) })
  }

  @Test func blocksOfAnAxisShareAScale() throws {
    let x = Tensor([Int8(1), 2, 3, 4, 5, 6], shape: [2, 3])
    let scale = Tensor([Float(1), 10, 100, 1000], shape: [2, 2])
    let real = try Reference.dequantizeLinear(x, scale: scale, axis: 1, blockSize: 2)
    #expect(real.elements() == [Float(1), 2, 30, 400, 500, 6000])
    let again = try Reference.quantizeLinear(
      real, scale: scale, axis: 1, blockSize: 2, outputType: .int8)
    #expect(again.elements(of: Int8.self) == x.elements())
    #expect(isInvalid { try Reference.dequantizeLinear(x, scale: scale, axis: 0, blockSize: 2) })
    #expect(isInvalid { try Reference.dequantizeLinear(x, scale: scale, blockSize: -2) })
  }
}
