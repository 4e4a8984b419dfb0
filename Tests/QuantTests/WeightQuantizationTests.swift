import Quant
import Testing

/// Every expected value is what ONNX Runtime 1.32's `quant_utils.quantize_data` returns.
@Suite struct WeightQuantizationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var weights: [Float]
    var how: WeightQuantization
    var scaleBits: UInt32
    var zeroPoint: Int32
    var values: [Int]

    init(
      _ weights: [Float], _ type: WeightType, symmetric: Bool, reduced: Bool = false,
      scale: UInt32, zeroPoint: Int32, _ values: [Int]
    ) {
      self.weights = weights
      how = WeightQuantization(type: type, symmetric: symmetric, reduceRange: reduced)
      scaleBits = scale
      self.zeroPoint = zeroPoint
      self.values = values
    }

    var testDescription: String {
      "\(weights) \(how.type) symmetric \(how.symmetric) reduced \(how.reduceRange)"
    }
  }

  private static let mixed: [Float] = [-1, 0.5, 0.25]
  private static let positive: [Float] = [0.1, 0.7, 2.5, 0.3333]
  private static let negative: [Float] = [-5, -2.5, -0.01]
  private static let huge: [Float] = [3.4e38, -3.4e38]

  static let cases = [
    Case(mixed, .int8, symmetric: true, scale: 0x3c01_0204, zeroPoint: 0, [-127, 64, 32]),
    Case(
      mixed, .int8, symmetric: true, reduced: true, scale: 0x3c80_0000, zeroPoint: 0,
      [-64, 32, 16]),
    Case(mixed, .int8, symmetric: false, scale: 0x3bc0_c0c1, zeroPoint: 42, [-128, 127, 84]),
    Case(
      mixed, .int8, symmetric: false, reduced: true, scale: 0x3c40_0000, zeroPoint: 21,
      [-64, 64, 42]),
    Case(mixed, .uint8, symmetric: true, scale: 0x3c00_8081, zeroPoint: 128, [1, 192, 160]),
    Case(
      mixed, .uint8, symmetric: true, reduced: true, scale: 0x3c81_0204, zeroPoint: 64,
      [0, 96, 80]),
    Case(mixed, .uint8, symmetric: false, scale: 0x3bc0_c0c1, zeroPoint: 170, [0, 255, 212]),
    Case(
      mixed, .uint8, symmetric: false, reduced: true, scale: 0x3c41_8306, zeroPoint: 85,
      [0, 127, 106]),
    Case(
      positive, .int8, symmetric: false, scale: 0x3c20_a0a1, zeroPoint: -128,
      [-118, -57, 127, -94]),
    Case(
      positive, .uint8, symmetric: false, scale: 0x3c20_a0a1, zeroPoint: 0, [10, 71, 255, 34]),
    // -2.5 / scale lies on a tie, which goes to the even neighbour.
    Case(negative, .int8, symmetric: true, scale: 0x3d21_4285, zeroPoint: 0, [-127, -64, 0]),
    Case(negative, .int8, symmetric: false, scale: 0x3ca0_a0a1, zeroPoint: 127, [-128, 0, 126]),
    Case(negative, .uint8, symmetric: false, scale: 0x3ca0_a0a1, zeroPoint: 255, [0, 128, 254]),
    // The range overflows 32 bits; its difference is taken in 64.
    Case(huge, .int8, symmetric: true, scale: 0x7c00_e69c, zeroPoint: 0, [127, -127]),
    Case(huge, .int8, symmetric: false, scale: 0x7c00_6534, zeroPoint: -1, [127, -128]),
    // A reduced range rounds past its own end: only the type's range clamps.
    Case(
      huge, .uint8, symmetric: true, reduced: true, scale: 0x7c80_e69c, zeroPoint: 64, [128, 0]),
    Case([0, 0], .uint8, symmetric: true, scale: 0x3f80_0000, zeroPoint: 0, [0, 0]),
    Case([2e-38, -1.5e-38], .int8, symmetric: false, scale: 0x3f80_0000, zeroPoint: 0, [0, 0]),
    Case([], .uint8, symmetric: true, scale: 0x3f80_0000, zeroPoint: 0, []),
  ]

  @Test(arguments: cases) func matchesOnnxRuntime(_ example: Case) {
    let result = example.how.quantize(example.weights)
    #expect(result.parameters.map(\.scale.bitPattern) == [example.scaleBits])
    #expect(result.parameters.map(\.zeroPoint) == [example.zeroPoint])
    #expect(result.bytes == example.values.map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test func aChannelIsQuantizedLikeATensorOfItsOwn() {
    let how = WeightQuantization(type: .int8, symmetric: false)
    let columns: [[Float]] = [[-1, 0.5, 0.25], [3, 0, -0.125], [0, 0, 0]]
    let matrix = (0..<3).flatMap { row in columns.map { $0[row] } }
    let whole = how.quantize(matrix, channelCount: 3)
    for (channel, column) in columns.enumerated() {
      let alone = how.quantize(column)
      #expect(whole.parameters[channel] == alone.parameters[0])
      #expect((0..<3).map { whole.bytes[$0 * 3 + channel] } == alone.bytes)
    }
  }
}
