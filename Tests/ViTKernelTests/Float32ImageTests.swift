import Testing
import ViTKernel

/// Pools, normalisations of channels and resizing against the reference.
@Suite struct Float32ImageTests {
  private static func parameters(
    _ kernel: [Int], strides: [Int] = [], pads: [Int] = [], dilations: [Int] = [],
    ceil: Bool = false
  ) -> PoolParameters {
    var parameters = PoolParameters(kernel: kernel)
    parameters.strides = strides
    parameters.pads = pads
    parameters.dilations = dilations
    parameters.ceilMode = ceil
    return parameters
  }

  static let windows = [
    parameters([2, 2]), parameters([3, 3], strides: [2, 2], pads: [1, 1, 1, 1]),
    parameters([1, 5], pads: [0, 2, 0, 2]),
    parameters([3, 2], strides: [1, 3], dilations: [2, 4]),
    parameters([3, 3], strides: [2, 2], ceil: true),
    // Windows that meet nothing but padding.
    parameters([2, 2], strides: [3, 3], pads: [3, 3, 4, 4]),
    parameters([13, 37]),
  ]

  @Test(arguments: executors, windows)
  func poolsAreTheReferences(executor: Executor, window: PoolParameters) throws {
    for shape in [[2, 3, 13, 37], [1, 1, 13, 40], [0, 2, 13, 37]] {
      let x = random(shape)
      for operation in [
        PoolOperation.max, .average(countsPadding: false), .average(countsPadding: true),
      ] {
        let expected = try Reference.pool(operation, x, window).y
        var results: [[UInt32]] = []
        for executor in executors(like: executor) {
          let plan = try PoolPlan(operation, shape, window, for: executor)
          let y = unwritten(expected.shape)
          try executor.pool(
            x, plan: plan, workspace: Tensor(.uint8, shape: [plan.workspace]), into: y)
          #expect(difference(y, expected) < 1e-5, "\(operation) of \(shape)")
          results.append(bits(y))
        }
        #expect(results.allSatisfy { $0 == results[0] })
      }
    }
  }

  /// A NaN under a window is its result, and no other window's.
  @Test(arguments: executors)
  func aPoolKeepsNaN(executor: Executor) throws {
    var values = random([1, 1, 9, 40]).elements(of: Float.self)
    values[4 * 40 + 17] = .nan
    let x = Tensor(values, shape: [1, 1, 9, 40])
    for strides in [[1, 1], [2, 2]] {
      let window = Self.parameters([3, 3], strides: strides, pads: [1, 1, 1, 1])
      for operation in [PoolOperation.max, .average(countsPadding: false)] {
        let expected = try Reference.pool(operation, x, window).y
        let plan = try PoolPlan(operation, x.shape, window, for: executor)
        let y = unwritten(expected.shape)
        try executor.pool(
          x, plan: plan, workspace: Tensor(.uint8, shape: [plan.workspace]), into: y)
        #expect(difference(y, expected) < 1e-5)
      }
    }
  }

  @Test func aPoolThatTheKernelLacksIsUnsupported() {
    func plan(_ operation: PoolOperation, _ shape: [Int], _ window: PoolParameters) throws {
      _ = try PoolPlan(operation, shape, window, for: executors[0])
    }
    #expect(isUnsupported { try plan(.lp(p: 2), [1, 1, 4, 4], Self.parameters([2, 2])) })
    #expect(isUnsupported { try plan(.max, [1, 1, 4], Self.parameters([2])) })
    #expect(
      isUnsupported {
        try plan(.max, [1, 1, 4, 4], Self.parameters([1, 1 << 40], pads: [0, 1 << 40, 0, 0]))
      })
    #expect(
      isInvalid {
        try plan(
          .max, [1, 1, 4, 4], Self.parameters([1, 2], strides: [1, .max], pads: [0, .max, 0, 1]))
      })
  }

  @Test(arguments: executors, [[2, 6, 5, 7], [3, 6], [2, 6, 1, 1], [2, 6, 33], [0, 6, 4, 4]])
  func channelsAreNormalisedAsTheReferenceDoes(executor: Executor, shape: [Int]) throws {
    let x = random(shape, in: -3...5)
    let (scale, bias) = (random([6], seed: 2), random([6], seed: 3))
    let (mean, variance) = (random([6], seed: 4), random([6], seed: 5, in: 0.1...2))
    let workspace = Tensor(.uint8, shape: [Executor.channelWorkspace(6)])
    let y = unwritten(shape)
    try executor.batchNorm(
      x, scale: scale, bias: bias, mean: mean, variance: variance, epsilon: 1e-3,
      workspace: workspace, into: y)
    let expected = try Reference.batchNormalization(
      x, scale: scale, bias: bias, mean: mean, variance: variance, epsilon: 1e-3)
    #expect(difference(y, expected) < 2e-5)
    for groups in [1, 2, 6] {
      for parameters in Set([6, groups]) {
        let (scale, bias) = (random([parameters], seed: 6), random([parameters], seed: 7))
        let expected = try Reference.groupNormalization(
          x, groups: groups, scale: scale, bias: bias, epsilon: 1e-3)
        let y = unwritten(shape)
        try executor.groupNorm(
          x, groups: groups, scale: scale, bias: bias, epsilon: 1e-3, workspace: workspace, into: y)
        #expect(difference(y, expected) < 2e-5, "\(groups) groups, \(parameters) parameters")
      }
    }
  }

  @Test func channelsThatDoNotFitAreRefused() {
    let (x, six) = (random([2, 6, 4]), random([6]))
    let workspace = Tensor(.uint8, shape: [Executor.channelWorkspace(6)])
    func batchNorm(_ mean: Tensor, _ workspace: Tensor) throws {
      try executors[0].batchNorm(
        x, scale: six, bias: six, mean: mean, variance: six, epsilon: 0, workspace: workspace,
        into: unwritten([2, 6, 4]))
    }
    #expect(isInvalid { try batchNorm(random([5]), workspace) })
    #expect(isInvalid { try batchNorm(six, Tensor(.uint8, shape: [8])) })
    #expect(
      isInvalid {
        try executors[0].groupNorm(
          x, groups: 4, scale: six, bias: six, epsilon: 0, workspace: workspace,
          into: unwritten([2, 6, 4]))
      })
  }

  static let resizes: [(shape: [Int], sizes: [Int])] = [
    ([1, 3, 7, 7], [1, 3, 14, 9]), ([2, 5, 16, 12], [2, 5, 5, 4]), ([1, 4, 9, 3], [1, 4, 3, 40]),
    ([1, 2, 6, 6], [1, 2, 6, 13]), ([1, 2, 3, 4, 5], [1, 2, 5, 3, 7]), ([2, 4], [3, 9]),
    ([1, 2, 4, 4], [1, 2, 4, 4]), ([1, 2, 4, 4], [1, 2, 0, 4]), ([1, 37, 5, 1], [1, 37, 8, 1]),
  ]

  @Test(arguments: executors, 0..<resizes.count)
  func resizesAreTheReferences(executor: Executor, index: Int) throws {
    let (shape, sizes) = Self.resizes[index]
    let x = random(shape)
    for mode in [ResizeMode.nearest(.roundPreferFloor), .linear, .cubic(a: -0.75)] {
      for coordinates in [CoordinateMode.halfPixel, .alignCorners, .asymmetric] {
        for options in 0..<4 {
          var parameters = ResizeParameters(mode: mode)
          parameters.coordinates = coordinates
          if case .nearest = mode {} else { parameters.antialias = options % 2 == 1 }
          parameters.excludeOutside = options / 2 == 1
          let geometry = try ResizeGeometry(
            input: shape, scales: nil, sizes: sizes, parameters)
          let expected = try Reference.resize(x, geometry, parameters)
          let plan = try ResizePlan(shape, geometry, region: nil, parameters)
          let y = unwritten(sizes)
          try executor.resize(
            x, plan: plan, workspace: Tensor(.uint8, shape: [plan.workspace]), into: y)
          #expect(difference(y, expected) < 1e-5, "\(parameters)")
        }
      }
    }
  }

  @Test(arguments: executors)
  func threadsChangeNoBitOfAResize(executor: Executor) throws {
    let parameters = ResizeParameters(mode: .cubic(a: -0.75))
    let shape = [2, 64, 16, 16]
    let geometry = try ResizeGeometry(
      input: shape, scales: nil, sizes: [2, 64, 37, 21], parameters)
    let plan = try ResizePlan(shape, geometry, region: nil, parameters)
    var results: [[UInt32]] = []
    for executor in executors(like: executor) {
      let y = unwritten(geometry.output)
      try executor.resize(
        random(shape), plan: plan, workspace: Tensor(.uint8, shape: [plan.workspace]), into: y)
      results.append(bits(y))
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func aResizeBeyondTheInputIsLeftToTheReference() throws {
    var parameters = ResizeParameters(mode: .linear)
    parameters.coordinates = .cropAndResize
    let geometry = try ResizeGeometry(
      input: [4, 4], scales: nil, sizes: [3, 3], parameters)
    #expect(
      isUnsupported { try ResizePlan([4, 4], geometry, region: [-1, 0, 1, 1], parameters) })
    #expect(isInvalid { try ResizePlan([4, 4], geometry, region: nil, parameters) })
    #expect(
      isInvalid { try ResizePlan([4, 4], geometry, region: [.nan, 0, 1, 1], parameters) })
  }
}
