import TestSupport
import Testing
import ViTKernel

/// Operations block by block give the bits that they give one after the other.
@Suite struct ElementSequenceTests {
  // Within a block, around its 4,096 elements, and several of them.
  @Test(arguments: [[3], [1, 4096], [3, 5, 1000], [0, 7]])
  func blocksChangeNoBit(shape: [Int]) throws {
    var generator = SeededGenerator(seed: 3)
    let count = shape.reduce(1, *)
    let x = Tensor(
      (0..<count).map { _ in Float.random(in: -4...4, using: &generator) }, shape: shape)
    let width = shape[shape.count - 1]
    let row = Tensor(
      (0..<width).map { _ in Float.random(in: 1...2, using: &generator) }, shape: [width])
    let (scale, zero) = (Tensor(scalar: Float(0.031)), Tensor(scalar: Int8(-4)))
    for executor in executors {
      let expected = Tensor(.float32, shape: shape)
      try executor.binary(.div, row, x, into: expected)
      try executor.fakeQuantize(expected, scale: scale, zeroPoint: zero, into: expected)
      try executor.unary(.erf, expected, into: expected)
      try executor.binary(.add, expected, row, into: expected)
      let y = Tensor(.float32, shape: shape)
      let sequence = try ElementSequence(
        x,
        [
          .binary(.div, row, isReversed: true), .fakeQuantize(scale: scale, zeroPoint: zero),
          .unary(.erf), .binary(.add, row, isReversed: false),
        ], into: y, for: executor)
      for _ in 0..<2 {
        sequence.run()
        #expect(
          y.elements(of: Float.self).map(\.bitPattern)
            == expected.elements(of: Float.self).map(\.bitPattern))
      }
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let executor = try #require(executors.first)
    let (x, y) = (Tensor(.float32, shape: [2, 3]), Tensor(.float32, shape: [2, 3]))
    func fails(_ step: ElementStep, into y: Tensor) -> Bool {
      isInvalid { try ElementSequence(x, [step], into: y, for: executor) }
    }
    #expect(fails(.unary(.not), into: y))
    #expect(fails(.unary(.exp), into: Tensor(.float32, shape: [3])))
    #expect(fails(.binary(.add, Tensor(.float32, shape: [2]), isReversed: false), into: y))
    #expect(fails(.binary(.add, Tensor(.float32, shape: [4, 2, 3]), isReversed: false), into: y))
    #expect(fails(.binary(.add, Tensor(.int32, shape: [3]), isReversed: true), into: y))
    let two = Tensor(.float32, shape: [2])
    let zero = Tensor(scalar: UInt8(0))
    #expect(fails(.fakeQuantize(scale: two, zeroPoint: zero), into: y))
    #expect(fails(.fakeQuantize(scale: Tensor(scalar: Float(1)), zeroPoint: two), into: y))
  }
}
