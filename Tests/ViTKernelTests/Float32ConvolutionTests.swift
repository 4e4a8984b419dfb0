import Testing
import ViTKernel

@Suite struct Float32ConvolutionTests {
  struct Case: Sendable {
    var x: [Int]
    var weight: [Int]
    var parameters: ConvParameters
  }

  static let cases = [
    Case(x: [2, 3, 32, 48], weight: [70, 3, 16, 16], parameters: .init(strides: [16, 16])),
    Case(x: [1, 1, 5, 5], weight: [1, 1, 3, 3], parameters: .init()),
    Case(x: [2, 4, 9, 7], weight: [6, 4, 3, 2], parameters: .init(pads: [1, 0, 2, 1])),
    Case(
      x: [1, 4, 11, 12], weight: [6, 2, 3, 3],
      parameters: .init(dilations: [2, 3], group: 2, pads: [2, 3, 2, 3], strides: [2, 1])),
    Case(
      x: [1, 3, 10, 9], weight: [3, 1, 4, 4],
      parameters: .init(group: 3, strides: [2, 2], autoPad: .sameUpper)),
    Case(
      x: [1, 2, 10, 9], weight: [3, 2, 4, 4],
      parameters: .init(strides: [3, 2], autoPad: .sameLower)
    ),
    Case(x: [1, 2, 8, 8], weight: [3, 2, 3, 3], parameters: .init(autoPad: .valid)),
    Case(x: [0, 2, 8, 8], weight: [3, 2, 3, 3], parameters: .init()),
    // Pointwise, and pointwise with steps.
    Case(x: [2, 7, 9, 11], weight: [13, 7, 1, 1], parameters: .init()),
    Case(x: [2, 7, 9, 11], weight: [13, 7, 1, 1], parameters: .init(strides: [2, 3])),
    // Depthwise: longer and shorter than a vector, multiplied, dilated, with steps, one column.
    Case(
      x: [2, 5, 33, 71], weight: [5, 1, 3, 3], parameters: .init(group: 5, pads: [1, 1, 1, 1])),
    Case(
      x: [2, 5, 14, 14], weight: [10, 1, 5, 5],
      parameters: .init(group: 5, pads: [2, 2, 2, 2], strides: [2, 2])),
    Case(
      x: [1, 3, 20, 37], weight: [3, 1, 3, 4],
      parameters: .init(dilations: [2, 5], group: 3, pads: [2, 7, 0, 3], strides: [1, 3])),
    Case(
      x: [1, 3, 5, 4], weight: [6, 1, 3, 4],
      parameters: .init(group: 3, strides: [2, 1 << 40])),
    Case(
      x: [1, 2, 6, 6], weight: [4, 1, 1, 1],
      parameters: .init(group: 2, pads: [0, 9, 0, 9], strides: [1, 2])),
  ]

  @Test(arguments: executors, cases)
  func isTheReferences(executor: Executor, example: Case) throws {
    let x = random(example.x)
    let weight = random(example.weight, seed: 2)
    for bias in [nil, random([example.weight[0]], seed: 3)] {
      let expected = try Reference.conv(x, weight: weight, bias: bias, example.parameters)
      for layout in [Convolution.Layout.channelsFirst, .channelsLast] {
        let convolution = try Convolution(
          weight: weight, bias: bias, parameters: example.parameters, layout: layout,
          for: executor)
        let plan = try convolution.plan(x.shape, for: executor)
        let y = unwritten(plan.outputShape)
        let workspace = Tensor(.uint8, shape: [plan.workspace])
        try executor.convolve(x, convolution, plan: plan, workspace: workspace, into: y)
        let wanted =
          layout == .channelsFirst
          ? expected : try Reference.transpose(expected, permutation: [0, 2, 3, 1])
        #expect(y.shape == wanted.shape)
        #expect(difference(y, wanted) < 5e-5)
      }
    }
  }

  @Test(arguments: executors)
  func threadsChangeNoBit(executor: Executor) throws {
    for group in [1, 4] {
      let x = random([2, 4, 30, 31])
      let convolution = try Convolution(
        weight: random([8, 4 / group, 3, 3], seed: 2), bias: random([8], seed: 3),
        parameters: .init(group: group, pads: [1, 1, 1, 1]), for: executor)
      var results: [[UInt32]] = []
      for other in executors(like: executor) {
        let plan = try convolution.plan(x.shape, for: other)
        let y = unwritten(plan.outputShape)
        try other.convolve(
          x, convolution, plan: plan, workspace: Tensor(.uint8, shape: [plan.workspace]), into: y)
        results.append(bits(y))
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    #expect(throws: KernelError.self) {
      try Convolution(
        weight: random([3, 2, 3]), bias: nil, parameters: .init(), for: executors[0])
    }
    let convolution = try Convolution(
      weight: random([3, 2, 3, 3]), bias: nil, parameters: .init(), for: executors[0])
    #expect(throws: KernelError.self) { try convolution.plan([1, 3, 8, 8], for: executors[0]) }
    #expect(throws: KernelError.self) { try convolution.plan([1, 2, 2, 8], for: executors[0]) }
    let plan = try convolution.plan([1, 2, 8, 8], for: executors[0])
    #expect(throws: KernelError.self) {
      try executors[0].convolve(
        random([1, 2, 8, 8]), convolution, plan: plan, workspace: Tensor(.uint8, shape: [8]),
        into: unwritten(plan.outputShape))
    }
  }
}
