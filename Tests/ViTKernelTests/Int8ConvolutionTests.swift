import TestSupport
import Testing
import ViTKernel

/// Convolutions of bytes against the plain reference, on every instruction set.
@Suite struct Int8ConvolutionTests {
  struct Shape: Sendable {
    let image: [Int]
    let weight: [Int]
    var parameters = ConvParameters()
  }

  static let shapes = [
    Shape(image: [2, 3, 8, 6], weight: [5, 3, 4, 2], parameters: .init(strides: [4, 2])),
    Shape(
      image: [1, 4, 7, 9], weight: [6, 2, 3, 2],
      parameters: .init(
        dilations: [1, 2], group: 2, pads: [1, 0, 2, 1], strides: [2, 1])),
    Shape(image: [2, 2, 5, 5], weight: [17, 2, 1, 1]),
    Shape(image: [1, 1, 3, 3], weight: [1, 1, 3, 3], parameters: .init(pads: [2, 2, 2, 2])),
    Shape(image: [0, 3, 4, 4], weight: [2, 3, 2, 2]),
  ]

  @Test(arguments: shapes, [false, true])
  func sumsAreThoseOfTheReference(shape: Shape, signed: Bool) throws {
    var generator = SeededGenerator(seed: 7)
    let x = byteTensor(
      randomBytes(shape.image.reduce(1, *), signed: signed, using: &generator), signed: signed,
      shape: shape.image)
    let count = shape.weight[0]
    for weightIsSigned in [false, true] {
      let weight = byteTensor(
        randomBytes(shape.weight.reduce(1, *), signed: weightIsSigned, using: &generator),
        signed: weightIsSigned, shape: shape.weight)
      let zeros = byteTensor(
        randomBytes(count, signed: weightIsSigned, using: &generator), signed: weightIsSigned,
        shape: [count])
      let zero = byteScalar(signed ? -5 : 77, signed: signed)
      let expected = try Reference.convInteger(
        x, weight: weight, zeroPoint: zero, weightZeroPoint: zeros, shape.parameters)
      for executor in executors {
        let convolution = try Int8Convolution(
          weight: weight, parameters: shape.parameters, for: executor)
        let plan = try convolution.plan(shape.image, type: x.elementType, for: executor)
        let workspace = Tensor(.uint8, shape: [plan.workspace])
        let sums = Tensor(.int32, shape: expected.shape)
        let quantized = QuantizedTensor(
          values: x, scale: Tensor(scalar: Float(0.5)), zeroPoint: zero)
        try executor.convolve(
          quantized, convolution, ConvolutionScales(zeroPoint: zeros), plan: plan,
          workspace: workspace, into: sums)
        #expect(sums.elements(of: Int32.self) == expected.elements())

        let scale = Tensor((0..<count).map { Float($0 + 1) / 8 }, shape: [count])
        let bias = Tensor((0..<count).map { Float($0) - 2 }, shape: [count])
        let floats = Tensor(.float32, shape: expected.shape)
        try executor.convolve(
          quantized, convolution,
          ConvolutionScales(scale: scale, zeroPoint: zeros, bias: bias), plan: plan,
          workspace: workspace, into: floats)
        let places = expected.count / max(1, shape.image[0] * count)
        let wanted = expected.elements(of: Int32.self).enumerated().map { index, sum in
          let channel = index / max(1, places) % count
          return Float(sum) * (0.5 * Float(channel + 1) / 8) + (Float(channel) - 2)
        }
        #expect(floats.elements(of: Float.self) == wanted)
      }
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let executor = try #require(executors.first)
    let weight = Tensor(.int8, shape: [4, 2, 2, 2])
    #expect(
      isInvalid {
        try Int8Convolution(weight: weight, parameters: .init(group: 3), for: executor)
      })
    #expect(
      isUnsupported {
        try Int8Convolution(
          weight: Tensor(.int8, shape: [4, 2, 2]), parameters: .init(), for: executor)
      })
    let convolution = try Int8Convolution(weight: weight, parameters: .init(), for: executor)
    #expect(isInvalid { try convolution.plan([1, 3, 4, 4], type: .uint8, for: executor) })
    let plan = try convolution.plan([1, 2, 4, 4], type: .uint8, for: executor)
    let x = QuantizedTensor(
      values: Tensor(.uint8, shape: [1, 2, 4, 4]), scale: Tensor(scalar: Float(1)))
    let workspace = Tensor(.uint8, shape: [plan.workspace])
    let y = Tensor(.int32, shape: [1, 4, 3, 3])
    #expect(
      isInvalid {
        try executor.convolve(
          x, convolution, ConvolutionScales(), plan: plan, workspace: Tensor(.uint8, shape: [1]),
          into: y)
      })
    let short = Tensor(.int8, shape: [3])
    #expect(
      isInvalid {
        try executor.convolve(
          x, convolution, ConvolutionScales(zeroPoint: short), plan: plan, workspace: workspace,
          into: y)
      })
  }
}
