import ViTKernel

/// The constants that a weight of few bits consists of.
struct StoredWeightSources {
  let values: Constant
  let scale: Constant
  let zeroPoint: Constant?
  let groups: Constant?

  /// The float32 weight.
  func dequantized(
    _ weight: StoredWeight, _ executor: Executor
  ) throws(KernelError) -> Tensor {
    switch weight {
    case .blocks(let parameters):
      return try Reference.blockWeight(
        values.tensor, scales: scale.tensor, zeroPoints: zeroPoint?.tensor,
        groups: groups?.tensor, parameters)
    case .dequantized(let axis, blockSize: 0):
      let result = Tensor(.float32, shape: values.shape)
      try executor.dequantizeLinear(
        values.tensor, scale: scale.tensor, zeroPoint: zeroPoint?.tensor, axis: axis,
        into: result)
      return result
    case .dequantized(let axis, let blockSize):
      return try Reference.dequantizeLinear(
        values.tensor, scale: scale.tensor, zeroPoint: zeroPoint?.tensor, axis: axis,
        blockSize: blockSize)
    }
  }
}
