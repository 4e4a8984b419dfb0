import Testing
import ViTKernel

/// The formats of ONNX's narrow floats, against their published figures and against what rounding
/// must satisfy.
struct NarrowFloatTests {
  static let types: [ElementType] = [
    .float16, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
    .float4e2m1,
  ]

  private static func bitCount(_ type: ElementType) -> Int {
    type == .float4e2m1 ? 16 : 1 << (8 * type.byteCount)
  }

  @Test(arguments: types) func everyNumberStaysItself(_ type: ElementType) throws {
    let format = try #require(NarrowFloat(type))
    for bits in 0..<Self.bitCount(type) {
      let value = format.value(UInt16(bits))
      guard !value.isNaN else { continue }
      let again = format.value(format.bits(Double(value), saturate: false))
      #expect(again == value, "bits \(bits) of \(type)")
      #expect(again.sign == value.sign, "bits \(bits) of \(type)")
    }
  }

  @Test(arguments: types) func whatLiesBetweenGoesToTheNearest(_ type: ElementType) throws {
    let format = try #require(NarrowFloat(type))
    let numbers = (0..<Self.bitCount(type)).map { format.value(UInt16($0)) }
      .filter(\.isFinite).map { Double($0) }
    let sorted = Set(numbers).sorted()
    for (lower, upper) in zip(sorted, sorted.dropFirst()) {
      let middle = (lower + upper) / 2
      for (value, expected) in [
        (middle - (upper - lower) / 8, lower), (middle + (upper - lower) / 8, upper),
      ] {
        #expect(Double(format.value(format.bits(value, saturate: false))) == expected, "\(type)")
      }
      // Halves go to the number whose last bit is 0.
      #expect(format.bits(middle, saturate: false) & 1 == 0, "\(type) at \(middle)")
    }
  }

  /// ONNX's tables of the largest numbers, and what a larger one becomes.
  @Test(arguments: [
    (ElementType.float16, 65504.0, Float.infinity), (.bfloat16, 0x1.FEp127, .infinity),
    (.float8e4m3fn, 448, .nan), (.float8e4m3fnuz, 240, .nan), (.float8e5m2, 57344, .infinity),
    (.float8e5m2fnuz, 57344, .nan), (.float4e2m1, 6, 6),
  ])
  func theLargestNumber(_ type: ElementType, _ largest: Double, _ beyond: Float) throws {
    let format = try #require(NarrowFloat(type))
    #expect(Double(format.value(format.bits(largest, saturate: false))) == largest)
    #expect(Double(format.value(format.bits(largest * 4, saturate: true))) == largest)
    let larger = format.value(format.bits(largest * 4, saturate: false))
    #expect(larger == beyond || larger.isNaN && beyond.isNaN, "\(type): \(larger)")
  }

  @Test func float16IsTheLanguagesOwn() throws {
    let format = try #require(NarrowFloat(.float16))
    for bits in stride(from: 0, to: UInt32.max - 9_973, by: 9_973) {
      let value = Float(bitPattern: bits)
      let (ours, theirs) = (format.bits(Double(value), saturate: false), Float16(value))
      #expect(ours == theirs.bitPattern || value.isNaN && theirs.isNaN, "\(value)")
    }
  }

  @Test func integersOfFourBitsWrap() {
    let values = Tensor([Int32(-9), -8, 7, 8, 20], shape: [5])
    let narrow = Reference.cast(values, to: .int4)
    #expect(Reference.cast(narrow, to: .int8).elements(of: Int8.self) == [7, -8, 7, -8, 4])
    let unsigned = Reference.cast(values, to: .uint4)
    #expect(Reference.cast(unsigned, to: .uint8).elements(of: UInt8.self) == [7, 8, 7, 8, 4])
  }
}
