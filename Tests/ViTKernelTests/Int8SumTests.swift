import TestSupport
import Testing
import ViTKernel

/// Add of operands that are quantized on their way.
@Suite struct Int8SumTests {
  struct Operand {
    let shape: [Int]
    let x: [Float]
    let scale: Float = 0.031
    let zeroPoint: UInt8 = 130
    let isQuantized: Bool

    init(_ shape: [Int], quantized: Bool, using generator: inout SeededGenerator) {
      self.shape = shape
      isQuantized = quantized
      x = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -6...6, using: &generator) }
    }

    var operand: SumOperand {
      let values = Tensor(x, shape: shape)
      return isQuantized
        ? .fakeQuantized(
          values, scale: Tensor(scalar: scale), zeroPoint: Tensor(scalar: zeroPoint))
        : .values(values)
    }

    func value(_ i: Int) -> Float {
      let x = x[i % x.count]
      if !isQuantized { return x }
      let q = (x / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
      return (max(0, min(255, q)) - Float(zeroPoint)) * scale
    }
  }

  @Test(arguments: [[2, 50, 70], [50, 70], [1, 1, 70], [70], [1], []], [false, true])
  func matchesOracle(shape: [Int], quantized: Bool) throws {
    var generator = SeededGenerator(seed: 2)
    let a = Operand([2, 50, 70], quantized: true, using: &generator)
    let b = Operand(shape, quantized: quantized, using: &generator)
    let expected = a.x.indices.map { a.value($0) + b.value($0) }
    for executor in executors {
      let y = Tensor(.float32, shape: a.shape)
      try executor.fakeQuantizedAdd(a.operand, b.operand, into: y)
      #expect(y.elements() == expected)
      try executor.fakeQuantizedAdd(b.operand, a.operand, into: y)
      #expect(y.elements() == expected)
    }
  }

  @Test func otherBroadcastsAreUnsupported() {
    var generator = SeededGenerator(seed: 2)
    let a = Operand([2, 50, 70], quantized: true, using: &generator)
    let b = Operand([50, 1], quantized: true, using: &generator)
    #expect(throws: KernelError.unsupported("adding quantized [50, 1] to [2, 50, 70]")) {
      try executors[0].fakeQuantizedAdd(
        a.operand, b.operand, into: Tensor(.float32, shape: a.shape))
    }
  }
}
