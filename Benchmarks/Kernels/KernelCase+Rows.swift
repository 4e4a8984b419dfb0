import ViTEngine
import ViTKernel

extension ModelShape {
  /// What touches each element once or twice: limited by memory, or by the cache that holds it.
  func elementCases(_ executor: Executor) -> [KernelCase] {
    [layerNorm(executor), quantize(executor)]
  }

  private func layerNorm(_ executor: Executor) -> KernelCase {
    let columns = hidden
    let x = Tensor(normalValues(rows * columns, seed: 1), shape: [rows, columns])
    let scale = Tensor([Float](repeating: 1, count: columns), shape: [columns])
    let bias = Tensor([Float](repeating: 0, count: columns), shape: [columns])
    let y = Tensor(.float32, shape: x.shape)
    return KernelCase(
      kernel: "LayerNorm", role: "layernorm", shape: "\(rows)x\(columns)", kind: .memory,
      operations: 7 * Double(x.count), bytes: 8 * Double(x.count)
    ) { () throws(KernelError) in
      try executor.layerNorm(
        x, columns: columns, scale: scale, bias: bias, epsilon: 1e-6, into: y)
    }
  }

  private func quantize(_ executor: Executor) -> KernelCase {
    let x = Tensor(normalValues(rows * hidden, seed: 1), shape: [rows, hidden])
    let q = Tensor(.uint8, shape: x.shape)
    let (scale, zeroPoint) = (Tensor(.float32, shape: []), Tensor(.uint8, shape: []))
    let workspace = Tensor(
      .uint8, shape: [Executor.dynamicQuantizeWorkspace(count: x.count)])
    return KernelCase(
      kernel: "DynamicQuantizeLinear", role: "quantize", shape: "\(rows)x\(hidden)", kind: .memory,
      operations: 6 * Double(x.count), bytes: 5 * Double(x.count)
    ) { () throws(KernelError) in
      try executor.dynamicQuantize(
        x, into: q, scale: scale, zeroPoint: zeroPoint, workspace: workspace)
    }
  }
}

/// Values of about a normal distribution (the sum of twelve uniform ones, less six), the same for the
/// same seed.
func normalValues(_ count: Int, seed: Int) -> [Float] {
  var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1
  return (0..<count).map { _ in
    var sum: Float = 0
    for _ in 0..<3 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for shift in [0, 16, 32, 48] { sum += Float(state >> shift & 0xffff) / 65536 }
    }
    return sum - 6
  }
}
