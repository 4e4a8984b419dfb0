#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// LRN 13 of [batch, channels, ...]: each element over a power of the mean square of its neighbours
  /// in the channels.
  public static func localResponseNormalization(
    _ x: Tensor, _ parameters: LocalResponseParameters
  ) throws(KernelError) -> Tensor {
    try requireFloat("LRN", x)
    guard x.shape.count >= 2, parameters.size > 0 else {
      throw .invalid("LRN of shape \(x.shape) over \(parameters.size) channels")
    }
    let values = doubles(x)
    let channels = x.shape[1]
    let plane = x.shape[2...].reduce(1, *)
    let (below, above) = ((parameters.size - 1) / 2, parameters.size / 2)
    let result = values.indices.map { index in
      let channel = index / plane % channels
      let first = Swift.max(channel - below, 0)
      let last = Swift.min(channels - 1, above < channels ? channel + above : channels - 1)
      let sum = (first...last).reduce(0) { sum, neighbour in
        let value = values[index + (neighbour - channel) * plane]
        return sum + value * value
      }
      let mean = Double(parameters.alpha) / Double(parameters.size) * sum
      return values[index] / pow(Double(parameters.bias) + mean, Double(parameters.beta))
    }
    return tensor(result, shape: x.shape, as: x.elementType)
  }

  /// MeanVarianceNormalization 13: `(x - mean) / (sqrt(variance) + 1e-9)` over `axes`, as ONNX's
  /// function body has it.
  public static func meanVarianceNormalization(
    _ x: Tensor, axes: [Int]
  ) throws(KernelError) -> Tensor {
    try requireFloat("MeanVarianceNormalization", x)
    let axes = try ShapeRules.axes(axes, rank: x.shape.count)
    let runs = try runs(over: axes.sorted(), of: x.shape)
    var values = doubles(x)
    for start in runs.starts where !runs.within.isEmpty {
      let count = Double(runs.within.count)
      let mean = runs.within.reduce(0) { $0 + values[start + $1] } / count
      let variance = runs.within.reduce(0) { sum, offset in
        sum + (values[start + offset] - mean) * (values[start + offset] - mean)
      }
      let divisor = (variance / count).squareRoot() + 1e-9
      for offset in runs.within {
        values[start + offset] = (values[start + offset] - mean) / divisor
      }
    }
    return tensor(values, shape: x.shape, as: x.elementType)
  }

  /// LpNormalization 22: each run along `axis` over its L1 (`p` 1) or L2 norm (`p` 2); 0 where that
  /// is 0.
  public static func lpNormalization(
    _ x: Tensor, axis: Int, p: Int
  ) throws(KernelError) -> Tensor {
    try requireFloat("LpNormalization", x)
    guard p == 1 || p == 2 else { throw .invalid("LpNormalization with p = \(p)") }
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let runs = try runs(over: [axis], of: x.shape)
    var values = doubles(x)
    for start in runs.starts where !runs.within.isEmpty {
      let sum = runs.within.reduce(0) { sum, offset in
        let value = values[start + offset].magnitude
        return sum + (p == 1 ? value : value * value)
      }
      let norm = p == 1 ? sum : sum.squareRoot()
      for offset in runs.within { values[start + offset] /= norm == 0 ? 1 : norm }
    }
    return tensor(values, shape: x.shape, as: x.elementType)
  }
}
