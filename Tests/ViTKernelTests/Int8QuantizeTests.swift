import TestSupport
import Testing
import ViTKernel

/// Quantizing and dequantizing against plain arithmetic, bit for bit on every instruction set.
@Suite struct Int8QuantizeTests {
  static let infinity = Float.infinity

  // Results of ONNX Runtime for the ranges that have no ordinary answer.
  struct Special: Sendable {
    let x: [Float]
    let q: [UInt8]
    let scale: Float
    let zeroPoint: UInt8
  }
  static let specials: [Special] = [
    Special(x: [], q: [], scale: 1, zeroPoint: 0),
    Special(x: [0, -0.0], q: [0, 0], scale: 1, zeroPoint: 0),
    Special(x: [1], q: [255], scale: 1 / 255, zeroPoint: 0),
    Special(x: [-1], q: [0], scale: 1 / 255, zeroPoint: 255),
    Special(x: [.nan], q: [0], scale: 1, zeroPoint: 0),
    Special(x: [.nan, 1, -1], q: [0, 254, 0], scale: 2 / 255, zeroPoint: 127),
    Special(x: [1, .nan, -1, 3], q: [128, 0, 0, 255], scale: 4 / 255, zeroPoint: 64),
    Special(x: [infinity], q: [0], scale: infinity, zeroPoint: 0),
    Special(x: [-infinity], q: [0], scale: infinity, zeroPoint: 255),
    Special(x: [infinity, -infinity, 1], q: [0, 0, 255], scale: infinity, zeroPoint: 255),
    Special(x: [-infinity, 1, -1], q: [0, 255, 255], scale: infinity, zeroPoint: 255),
    Special(x: [.leastNonzeroMagnitude], q: [255], scale: 0, zeroPoint: 255),
    Special(
      x: [.leastNonzeroMagnitude, -.leastNonzeroMagnitude], q: [255, 0], scale: 0, zeroPoint: 255),
    Special(x: [3.4e38, -3.4e38, 1], q: [0, 0, 0], scale: infinity, zeroPoint: 0),
  ]

  func dynamicQuantize(
    _ x: [Float], on executor: Executor
  ) throws -> (q: [UInt8], scale: Float, zeroPoint: UInt8) {
    let q = Tensor(.uint8, shape: [x.count])
    let scale = Tensor(.float32, shape: [])
    let zeroPoint = Tensor(.uint8, shape: [])
    let workspace = Tensor(.uint8, shape: [Executor.dynamicQuantizeWorkspace(count: x.count)])
    try executor.dynamicQuantize(
      Tensor(x, shape: [x.count]), into: q, scale: scale, zeroPoint: zeroPoint,
      workspace: workspace)
    return (q.elements(), scale.elements()[0], zeroPoint.elements()[0])
  }

  @Test(arguments: specials) func specialValues(_ special: Special) throws {
    for executor in executors {
      let result = try dynamicQuantize(special.x, on: executor)
      #expect(result.q == special.q)
      #expect(result.scale == special.scale)
      #expect(result.zeroPoint == special.zeroPoint)
    }
  }

  // Around the 64 lanes of the range, the 4096 elements of a block, and several blocks.
  @Test(arguments: [1, 2, 15, 16, 17, 63, 64, 65, 127, 200, 4095, 4096, 4097, 20_011])
  func dynamicQuantizeMatchesOracle(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    for range: ClosedRange<Float> in [-3...5, 1...9, -7 ... -2, -1e-38...1e-38, -2e38...1e38] {
      var x = (0..<count).map { _ in Float.random(in: range, using: &generator) }
      if count > 100 { x[count / 2] = .nan }
      let expected = oracleDynamicQuantize(x)
      for executor in executors {
        let result = try dynamicQuantize(x, on: executor)
        #expect(result.scale == expected.scale)
        #expect(result.zeroPoint == expected.zeroPoint)
        #expect(result.q == expected.q, "\(executor.kernels.instructionSet)")
      }
    }
  }

  // Quotients halfway between two integers; a scale of 2 makes them exact.
  @Test func tiesGoToEven() throws {
    let x: [Float] = [1, 3, 5, -1, -3, 7, 9, 509, 511, 1000, -1000]
    for executor in executors {
      let q = Tensor(.int8, shape: [x.count])
      try executor.quantizeLinear(
        Tensor(x, shape: [x.count]), scale: Tensor(scalar: Float(2)),
        zeroPoint: Tensor(scalar: Int8(1)), into: q)
      #expect(q.elements(of: Int8.self) == [1, 3, 3, 1, -1, 5, 5, 127, 127, 127, -128])
    }
  }

  static let nearTieScales: [Float] = [
    0.013, 1 / 255, 3.7e-5, 0.9999999, 2.5e19, 1e-30, 1.1e-31, 7e-32, 0x1p-129, 1.1e36,
  ]

  // A few units in the last place around halfway between two integers, where a product by the
  // reciprocal would round to the other side, at scales of every magnitude.
  @Test(arguments: nearTieScales)
  func nextToTiesItIsTheQuotientThatCounts(scale: Float) throws {
    let zero: Float = 100
    let x = (-110..<170).flatMap { step -> [Float] in
      let tie = (Float(step) + 0.5) * scale
      return (0..<4).reduce([tie]) { near, _ in [near[0].nextDown] + near + [near.last!.nextUp] }
    }
    let expected = x.map { value -> UInt8 in
      UInt8(max(-zero, min(255 - zero, value / scale)).rounded(.toNearestOrEven) + zero)
    }
    for executor in executors {
      let q = Tensor(.uint8, shape: [x.count])
      try executor.quantizeLinear(
        Tensor(x, shape: [x.count]), scale: Tensor(scalar: scale),
        zeroPoint: Tensor(scalar: UInt8(zero)), into: q)
      #expect(q.elements() == expected, "\(executor.kernels.instructionSet)")
    }
  }

  @Test(arguments: [0, 1, 2, -1], [false, true])
  func perAxis(axis: Int, signed: Bool) throws {
    let shape = [3, 5, 70]
    var generator = SeededGenerator(seed: 4)
    let x = (0..<1050).map { _ in Float.random(in: -4...4, using: &generator) }
    let length = axis == -1 ? 70 : shape[axis]
    let inner = axis == 0 ? 350 : axis == 1 ? 70 : 1
    let scales = (0..<length).map { _ in Float.random(in: 0.01...0.04, using: &generator) }
    let zeros = randomBytes(length, signed: signed, using: &generator)
    let low: Float = signed ? -128 : 0
    let expected = x.indices.map { i -> Int32 in
      let j = i / inner % length
      let rounded = (x[i] / scales[j]).rounded(.toNearestOrEven) + Float(zeros[j])
      return Int32(max(low, min(low + 255, rounded)))
    }
    let dequantized = x.indices.map { i in
      Float(expected[i] - zeros[i / inner % length]) * scales[i / inner % length]
    }
    for executor in executors {
      let scale = Tensor(scales, shape: [length])
      let zeroPoint = byteTensor(zeros, signed: signed, shape: [length])
      let xTensor = Tensor(x, shape: shape)
      let q = Tensor(signed ? .int8 : .uint8, shape: shape)
      try executor.quantizeLinear(xTensor, scale: scale, zeroPoint: zeroPoint, axis: axis, into: q)
      let got =
        signed
        ? q.elements(of: Int8.self).map { Int32($0) }
        : q.elements(of: UInt8.self).map { Int32($0) }
      #expect(got == expected)
      let y = Tensor(.float32, shape: shape)
      try executor.dequantizeLinear(q, scale: scale, zeroPoint: zeroPoint, axis: axis, into: y)
      #expect(y.elements() == dequantized)
      try executor.fakeQuantize(
        xTensor, scale: scale, zeroPoint: zeroPoint, axis: axis, into: xTensor)
      #expect(xTensor.elements() == dequantized)
    }
  }

  @Test func fakeQuantizeGivesNoNegativeZero() throws {
    for executor in executors {
      let x = Tensor([Float](repeating: -0.1, count: 70), shape: [70])
      try executor.fakeQuantize(
        x, scale: Tensor(scalar: Float(1)), zeroPoint: Tensor(scalar: UInt8(7)), into: x)
      #expect(x.elements(of: Float.self).allSatisfy { $0 == 0 && $0.sign == .plus })
    }
  }

  @Test func wrongParametersAreErrors() {
    let x = Tensor(.float32, shape: [2, 3])
    let q = Tensor(.uint8, shape: [2, 3])
    let executor = executors[0]
    let three = Tensor([1, 1, 1] as [Float], shape: [3])
    #expect(throws: KernelError.self) {
      try executor.quantizeLinear(x, scale: three, zeroPoint: nil, axis: 2, into: q)
    }
    #expect(throws: KernelError.self) {
      try executor.quantizeLinear(x, scale: three, zeroPoint: nil, axis: 0, into: q)
    }
    #expect(throws: KernelError.self) {
      try executor.quantizeLinear(
        x, scale: three, zeroPoint: Tensor(.int8, shape: [3]), axis: 1, into: q)
    }
    #expect(throws: KernelError.self) {
      _ = try executor.minimumMaximum(of: x, workspace: Tensor(.uint8, shape: [7]))
    }
  }
}
