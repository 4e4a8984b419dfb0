import Testing
import ViTKernel

@Suite struct ReferenceCastTests {
  private let floats = Tensor(
    [Float.nan, .infinity, -.infinity, 3e9, -3e9, 300.7, -300.7, 200.5, -1.9, 1.9], shape: [10])

  // Expected values as ONNX Runtime 1.32 gives them on x86-64.
  @Test func floatToInteger() {
    #expect(
      Reference.cast(floats, to: .int8).elements() == [Int8(0), 0, 0, 0, 0, 44, -44, -56, -1, 1])
    #expect(
      Reference.cast(floats, to: .uint8).elements()
        == [UInt8(0), 0, 0, 0, 0, 44, 212, 200, 255, 1])
    #expect(
      Reference.cast(floats, to: .int32).elements()
        == [Int32.min, .min, .min, .min, .min, 300, -300, 200, -1, 1])
    #expect(
      Reference.cast(floats, to: .int64).elements()
        == [Int64.min, .min, .min, 3_000_000_000, -3_000_000_000, 300, -300, 200, -1, 1])
  }

  @Test func toBoolOnlyZeroIsFalse() {
    let values = Tensor([Float.nan, -0.0, 0.1], shape: [3])
    #expect(Reference.cast(values, to: .bool).elements() == [true, false, true])
    #expect(Reference.cast(Tensor(scalar: Int64(256)), to: .bool).elements() == [true])
  }

  @Test func integersKeepTheirLowBits() {
    let values = Tensor([(Int64(1) << 33) + 5, -1, 300], shape: [3])
    #expect(Reference.cast(values, to: .int32).elements() == [Int32(5), -1, 300])
    #expect(Reference.cast(values, to: .uint8).elements() == [UInt8(5), 255, 44])
  }

  @Test func int64ToFloatRoundsOnce() {
    // 2^53 + 2^29 + 1 lies just above the middle of two floats; through float64 it would be a tie.
    let value = (Int64(1) << 53) + (Int64(1) << 29) + 1
    #expect(Reference.cast(Tensor(scalar: value), to: .float32).elements() == [Float(value)])
    #expect(Float(value) != Float(Double(value)))
  }

  @Test func everyPairOfTypesKeepsOne() {
    for source in ElementType.allCases {
      for target in ElementType.allCases {
        let one = Reference.cast(Tensor([true], shape: [1, 1]), to: source)
        let result = Reference.cast(one, to: target)
        #expect(result.elementType == target && result.shape == [1, 1])
        #expect(Reference.cast(result, to: .int32).elements() == [Int32(1)])
      }
    }
  }
}
