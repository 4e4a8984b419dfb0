import Testing
import ViTKernel

@Suite struct ReferenceElementwiseTests {
  /// Values where functions differ: NaN, infinities, both zeros, halves.
  private let special = Tensor(
    [Float.nan, .infinity, -.infinity, -0.0, 0.5, 2.5, -2.5], shape: [7])

  private func values(_ operation: UnaryOperation) throws -> [Float] {
    try Reference.unary(operation, special).elements()
  }

  // Expected values as ONNX Runtime 1.32 gives them.
  @Test func unaryAtSpecialValues() throws {
    let nan = Float.nan
    let inf = Float.infinity
    #expect(areClose(try values(.round), [nan, inf, -inf, 0, 0, 2, -2]))
    #expect(areClose(try values(.relu), [nan, inf, 0, 0, 0.5, 2.5, 0]))
    #expect(areClose(try values(.sign), [nan, 1, -1, 0, 1, 1, -1]))
    #expect(
      areClose(
        try values(.sigmoid), [nan, 1, 0, 0.5, 0.6224593, 0.9241418, 0.07585818]))
    #expect(areClose(try values(.erf), [nan, 1, -1, 0, 0.5204999, 0.9995931, -0.9995931]))
    #expect(
      areClose(
        try values(.hardSigmoid(alpha: 0.2, beta: 0.5)), [nan, 1, 0, 0.5, 0.6, 1, 0]))
    #expect(
      areClose(
        try values(.hardSwish), [nan, inf, nan, 0, 0.29166666, 2.2916667, -0.20833328]))
    #expect(
      areClose(
        try values(.softplus), [nan, inf, 0, 0.6931472, 0.974077, 2.5788898, 0.07888974]))
    #expect(
      areClose(
        try values(.gelu(.none)), [nan, inf, nan, 0, 0.34573123, 2.484476, -0.0155241]))
    #expect(
      areClose(
        try values(.gelu(.tanh)), [nan, inf, nan, 0, 0.345714, 2.4849157, -0.0150843]))
    #expect(areClose(try values(.leakyRelu(alpha: 0.01)), [nan, inf, -inf, 0, 0.5, 2.5, -0.025]))
    #expect(areClose(try values(.elu(alpha: 1)), [nan, inf, -1, 0, 0.5, 2.5, -0.917915]))
    #expect(areClose(try values(.mish), [nan, inf, nan, 0, 0.37524524, 2.4713924, -0.19681619]))
  }

  @Test func unaryOfIntegersAndBool() throws {
    let least = Tensor([Int8.min, -1, 0, 5], shape: [4])
    #expect(try Reference.unary(.abs, least).elements() == [Int8.min, 1, 0, 5])
    #expect(try Reference.unary(.neg, least).elements() == [Int8.min, 1, 0, -5])
    #expect(try Reference.unary(.sign, least).elements() == [Int8(-1), -1, 0, 1])
    #expect(
      try Reference.unary(.not, Tensor([true, false], shape: [2])).elements() == [false, true])
    #expect(isUnsupported { try Reference.unary(.exp, least) })
    #expect(isUnsupported { try Reference.unary(.not, special) })
    #expect(isUnsupported { try Reference.unary(.abs, Tensor(scalar: true)) })
  }

  @Test func predicates() throws {
    #expect(
      try Reference.predicate(.isNaN, special).elements()
        == [true, false, false, false, false, false, false])
    #expect(
      try Reference.predicate(.isInfinite(negative: false, positive: true), special).elements()
        == [false, true, false, false, false, false, false])
    #expect(isUnsupported { try Reference.predicate(.isNaN, Tensor(scalar: Int32(0))) })
  }

  @Test func broadcastArithmetic() throws {
    // numpy: np.array([[1.], [2.]]) - np.array([10., 20., 30.])
    let column = Tensor([Float(1), 2], shape: [2, 1])
    let row = Tensor([Float(10), 20, 30], shape: [3])
    let difference = try Reference.binary(.sub, column, row)
    #expect(difference.shape == [2, 3])
    #expect(difference.elements() == [Float(-9), -19, -29, -8, -18, -28])
    let empty = try Reference.binary(.add, Tensor(.float32, shape: [0, 3]), row)
    #expect(empty.shape == [0, 3])
    #expect(isInvalid { try Reference.binary(.add, row, Tensor(scalar: Int64(1))) })
    #expect(isUnsupported { try Reference.binary(.add, .init(scalar: true), .init(scalar: true)) })
  }

  @Test func integerArithmeticWrapsAndTruncates() throws {
    let a = Tensor([Int32(-7), 7, .min, .max], shape: [4])
    let b = Tensor([Int32(2), -2, -1, 1], shape: [4])
    #expect(try Reference.binary(.div, a, b).elements() == [Int32(-3), -3, .min, .max])
    #expect(try Reference.binary(.add, a, b).elements() == [Int32(-5), 5, .max, .min])
    #expect(try Reference.binary(.mod(fmod: false), a, b).elements() == [Int32(1), -1, 0, 0])
    #expect(try Reference.binary(.mod(fmod: true), a, b).elements() == [Int32(-1), 1, 0, 0])
    let zero = Tensor(scalar: Int32(0))
    #expect(isInvalid { try Reference.binary(.div, a, zero) })
    #expect(isInvalid { try Reference.binary(.mod(fmod: true), a, zero) })
  }

  @Test func floatModAndExtremes() throws {
    let a = Tensor([Float(-7.5), 7], shape: [2])
    let b = Tensor([Float(2), -2], shape: [2])
    #expect(try Reference.binary(.mod(fmod: true), a, b).elements() == [Float(-1.5), 1])
    #expect(try Reference.binary(.mod(fmod: false), a, b).elements() == [Float(0.5), -1])
    let c = Tensor([Float.nan, 1, 2], shape: [3])
    let d = Tensor([Float(1), .nan, 3], shape: [3])
    #expect(areClose(try Reference.binary(.min, c, d).elements(), [.nan, .nan, 2]))
    #expect(areClose(try Reference.binary(.max, c, d).elements(), [.nan, .nan, 3]))
  }

  @Test func powerHasTheTypeOfItsBase() throws {
    let bases = Tensor([Int32(2), -3, 7], shape: [3])
    let exponents = Tensor([Float(2), 3, 0.5], shape: [3])
    #expect(try Reference.binary(.pow, bases, exponents).elements() == [Int32(4), -27, 2])
    let squared = try Reference.binary(.pow, Tensor(scalar: Float(2.5)), Tensor(scalar: Int64(2)))
    #expect(squared.elements() == [Float(6.25)])
    let whole = Tensor([Int64(3), -1, 2, 0], shape: [4])
    let powers = Tensor([Int64(39), -3, -1, 0], shape: [4])
    // 3 ** 39 is exact only in integer arithmetic.
    #expect(
      try Reference.binary(.pow, whole, powers).elements()
        == [Int64(4_052_555_153_018_976_267), -1, 0, 1])
  }

  @Test func variadic() throws {
    let inputs = [Float(1), 2, 6].map { Tensor(scalar: $0) }
    #expect(try Reference.variadic(.mean, inputs).elements() == [Float(3)])
    #expect(try Reference.variadic(.max, inputs).elements() == [Float(6)])
    #expect(try Reference.variadic(.sum, [inputs[2]]).elements() == [Float(6)])
    #expect(isInvalid { try Reference.variadic(.sum, []) })
    #expect(isUnsupported { try Reference.variadic(.sum, [Tensor(scalar: Int32(1))]) })
  }

  @Test func comparisonsWithNaNAreFalse() throws {
    let a = Tensor([Float.nan, 1, 2], shape: [3])
    let b = Tensor([Float.nan, 2, 2], shape: [3])
    #expect(try Reference.compare(.equal, a, b).elements() == [false, false, true])
    #expect(try Reference.compare(.lessOrEqual, a, b).elements() == [false, true, true])
    #expect(try Reference.compare(.greater, a, b).elements() == [false, false, false])
    let bools = Tensor([true, false], shape: [2])
    #expect(try Reference.compare(.equal, bools, bools).elements() == [true, true])
    #expect(isUnsupported { try Reference.compare(.less, bools, bools) })
  }

  @Test func logicAndSelection() throws {
    let a = Tensor([true, true, false, false], shape: [4])
    let b = Tensor([true, false, true, false], shape: [4])
    #expect(try Reference.logical(.and, a, b).elements() == [true, false, false, false])
    #expect(try Reference.logical(.or, a, b).elements() == [true, true, true, false])
    #expect(try Reference.logical(.xor, a, b).elements() == [false, true, true, false])
    #expect(isUnsupported { try Reference.logical(.and, a, counting(4)) })
    // numpy: np.where([True, False], [[1], [2]], [3])
    let chosen = try Reference.select(
      Tensor([true, false], shape: [2]), Tensor([Int64(1), 2], shape: [2, 1]),
      Tensor([Int64(3)], shape: [1]))
    #expect(chosen.shape == [2, 2])
    #expect(chosen.elements() == [Int64(1), 3, 2, 3])
    #expect(isInvalid { try Reference.select(counting(4), a, b) })
  }

  @Test func clip() throws {
    func clipped(_ minimum: Float?, _ maximum: Float?) throws -> [Float] {
      try Reference.clip(
        special, minimum: minimum.map { Tensor(scalar: $0) },
        maximum: maximum.map { Tensor(scalar: $0) }
      ).elements()
    }
    #expect(areClose(try clipped(-1, 1), [.nan, 1, -1, 0, 0.5, 1, -1]))
    #expect(areClose(try clipped(2, 1), [.nan, 1, 1, 1, 1, 1, 1]))
    #expect(areClose(try clipped(nil, 1), [.nan, 1, -.infinity, 0, 0.5, 1, -2.5]))
    #expect(areClose(try clipped(.nan, 1), [.nan, 1, -.infinity, 0, 0.5, 1, -2.5]))
    #expect(isInvalid { try Reference.clip(special, minimum: Tensor([Float](), shape: [0])) })
    #expect(isInvalid { try Reference.clip(special, minimum: Tensor(scalar: Int32(0))) })
  }
}
