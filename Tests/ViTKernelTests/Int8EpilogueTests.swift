import Foundation
import TestSupport
import Testing
import ViTKernel

/// What follows an integer product: scale, bias, activation, residual.
@Suite struct Int8EpilogueTests {
  struct Operands {
    let m = 29
    let k = 40
    let n = 90
    let a: [Int32]
    let b: [Int32]
    let bScale: [Float]
    let bias: [Float]
    let residual: [Float]
    let aScale: Float = 0.0173

    init(seed: UInt64) {
      var generator = SeededGenerator(seed: seed)
      a = randomBytes(m * k, signed: false, using: &generator)
      b = randomBytes(k * n, signed: true, using: &generator)
      bScale = (0..<n).map { _ in Float.random(in: 0.001...0.01, using: &generator) }
      bias = (0..<n).map { _ in Float.random(in: -9...9, using: &generator) }
      residual = (0..<(m * n)).map { _ in Float.random(in: -9...9, using: &generator) }
    }

    /// Every step rounded by itself, which Swift does and a fused multiply-add would not.
    func expected(perColumn: Bool, bias hasBias: Bool, relu: Bool, residual hasResidual: Bool)
      -> [Float]
    {
      let sums = oracleProduct(
        a, b, m: m, k: k, n: n, aZero: 101, bZero: Array(repeating: 0, count: n))
      return sums.indices.map { i in
        let scale = aScale * bScale[perColumn ? i % n : 0]
        var y = Float(sums[i]) * scale
        if hasBias { y += bias[i % n] }
        if relu { y = max(0, y) }
        return hasResidual ? y + residual[i] : y
      }
    }

    func run(
      on executor: Executor, perColumn: Bool, _ epilogue: Epilogue, into y: Tensor
    ) throws {
      let packed = try PackedInt8Matrix(
        byteTensor(b, signed: true, shape: [k, n]), for: executor)
      try executor.quantizedGemm(
        QuantizedTensor(
          values: byteTensor(a, signed: false, shape: [m, k]), scale: Tensor(scalar: aScale),
          zeroPoint: byteScalar(101, signed: false)),
        packed, bScale: Tensor(perColumn ? bScale : [bScale[0]], shape: [perColumn ? n : 1]),
        epilogue: epilogue, into: y,
        workspace: Tensor(
          .uint8, shape: [executor.int8ProductWorkspace(aShape: [m, k], aType: .uint8)]))
    }
  }

  @Test(arguments: [false, true], 0..<8)
  func matchesStepByStepArithmetic(perColumn: Bool, parts: Int) throws {
    let o = Operands(seed: 5)
    let (bias, relu, residual) = (parts & 1 != 0, parts & 2 != 0, parts & 4 != 0)
    let expected = o.expected(perColumn: perColumn, bias: bias, relu: relu, residual: residual)
    for executor in executors {
      let y = Tensor(.float32, shape: [o.m, o.n])
      let epilogue = Epilogue(
        bias: bias ? Tensor(o.bias, shape: [o.n]) : nil, activation: relu ? .relu : .none,
        residual: residual ? Tensor(o.residual, shape: [o.m, o.n]) : nil)
      try o.run(on: executor, perColumn: perColumn, epilogue, into: y)
      #expect(y.elements() == expected, "\(executor.kernels.instructionSet)")
    }
  }

  @Test func residualMayBeTheResult() throws {
    let o = Operands(seed: 6)
    let expected = o.expected(perColumn: true, bias: false, relu: false, residual: true)
    for executor in executors {
      let y = Tensor(o.residual, shape: [o.m, o.n])
      try o.run(on: executor, perColumn: true, Epilogue(residual: y), into: y)
      #expect(y.elements() == expected)
    }
  }

  @Test func geluComesBetweenBiasAndResidual() throws {
    let o = Operands(seed: 7)
    let inner = o.expected(perColumn: true, bias: true, relu: false, residual: false)
    for executor in executors {
      let y = Tensor(.float32, shape: [o.m, o.n])
      let epilogue = Epilogue(
        bias: Tensor(o.bias, shape: [o.n]), activation: .geluErf,
        residual: Tensor(o.residual, shape: [o.m, o.n]))
      try o.run(on: executor, perColumn: true, epilogue, into: y)
      for (i, got) in y.elements(of: Float.self).enumerated() {
        let x = Double(inner[i])
        let gelu = x / 2 * (1 + erf(x / 2.0.squareRoot()))
        // A few ULPs of the vectorized erf, relative to the terms of the sum.
        let bound = 4e-7 * (abs(x) + abs(Double(o.residual[i])))
        #expect(abs(Double(got) - gelu - Double(o.residual[i])) <= bound)
      }
    }
  }

  @Test func threadsDoNotChangeBits() throws {
    let o = Operands(seed: 9)
    for kernels in KernelSet.runnable {
      let results = try [1, 2, 3, 7].map { threads in
        let executor = Executor(kernels: kernels, pool: ThreadPool(threads: threads))
        let y = Tensor(.float32, shape: [o.m, o.n])
        let epilogue = Epilogue(
          bias: Tensor(o.bias, shape: [o.n]), activation: .geluTanh,
          residual: Tensor(o.residual, shape: [o.m, o.n]))
        try o.run(on: executor, perColumn: true, epilogue, into: y)
        return y.elements(of: Float.self)
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }
}
