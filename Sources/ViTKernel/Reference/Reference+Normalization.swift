#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// Softmax, or LogSoftmax, of float32 or float64.
  ///
  /// - Parameter flattened: The operator before opset 13: one distribution over all elements from
  ///   `axis` on, instead of one along `axis`.
  public static func softmax(
    _ x: Tensor, axis: Int = -1, flattened: Bool = false, logarithm: Bool = false
  ) throws(KernelError) -> Tensor {
    try requireFloat(logarithm ? "LogSoftmax" : "Softmax", x)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let runs = try runs(over: flattened ? Array(axis..<x.shape.count) : [axis], of: x.shape)
    var values = doubles(x)
    for start in runs.starts where !runs.within.isEmpty {
      // Subtracting the largest keeps exp from overflowing.
      let largest = runs.within.map { values[start + $0] }.reduce(-.infinity, larger)
      let sum = runs.within.reduce(0) { $0 + exp(values[start + $1] - largest) }
      for offset in runs.within {
        let shifted = values[start + offset] - largest
        values[start + offset] = logarithm ? shifted - log(sum) : exp(shifted) / sum
      }
    }
    return tensor(values, shape: x.shape, as: x.elementType)
  }

  /// LayerNormalization over the axes from `axis` on: `(x - mean) / sqrt(variance + epsilon)`,
  /// times `scale`, plus `bias`, both of which broadcast to x.
  ///
  /// - Returns: The result in x's type; mean and inverse standard deviation in float32, of
  ///   ``ShapeRules/layerNormalizationStatistics(_:axis:)``.
  public static func layerNormalization(
    _ x: Tensor, scale: Tensor, bias: Tensor? = nil, axis: Int = -1, epsilon: Float = 1e-5
  ) throws(KernelError) -> (y: Tensor, mean: Tensor, inverseStandardDeviation: Tensor) {
    try requireFloat("LayerNormalization", x)
    try requireSameType("LayerNormalization", x, scale, bias ?? x)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let factors = doubles(try expanded(scale, to: x.shape))
    var terms = [Double](repeating: 0, count: x.count)
    if let bias { terms = doubles(try expanded(bias, to: x.shape)) }
    let runs = try runs(over: Array(axis..<x.shape.count), of: x.shape)
    var values = doubles(x)
    var means: [Double] = []
    var inverses: [Double] = []
    for start in runs.starts {
      let count = Double(runs.within.count)
      let mean = runs.within.reduce(0) { $0 + values[start + $1] } / count
      let variance = runs.within.reduce(0) { sum, offset in
        let distance = values[start + offset] - mean
        return sum + distance * distance
      }
      let inverse = 1 / (variance / count + Double(epsilon)).squareRoot()
      for index in runs.within.map({ start + $0 }) {
        values[index] = (values[index] - mean) * inverse * factors[index] + terms[index]
      }
      means.append(mean)
      inverses.append(inverse)
    }
    let shape = try ShapeRules.layerNormalizationStatistics(x.shape, axis: axis)
    return (
      tensor(values, shape: x.shape, as: x.elementType),
      tensor(means, shape: shape, as: .float32), tensor(inverses, shape: shape, as: .float32)
    )
  }

  /// RMSNormalization-23 over the axes from `axis` on: `x / sqrt(mean of squares + epsilon)` times
  /// `scale`, which broadcasts to x.
  ///
  /// - Returns: The result in x's type; the reciprocal roots in float32, of
  ///   ``ShapeRules/layerNormalizationStatistics(_:axis:)``.
  public static func rmsNormalization(
    _ x: Tensor, scale: Tensor, axis: Int = -1, epsilon: Float = 1e-5
  ) throws(KernelError) -> (y: Tensor, inverseRoot: Tensor) {
    try requireFloat("RMSNormalization", x)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let factors = doubles(try expanded(scale, to: x.shape))
    let runs = try runs(over: Array(axis..<x.shape.count), of: x.shape)
    var values = doubles(x)
    var inverses: [Double] = []
    for start in runs.starts {
      let sum = runs.within.reduce(0) { $0 + values[start + $1] * values[start + $1] }
      let inverse = 1 / (sum / Double(runs.within.count) + Double(epsilon)).squareRoot()
      for index in runs.within.map({ start + $0 }) { values[index] *= inverse * factors[index] }
      inverses.append(inverse)
    }
    let shape = try ShapeRules.layerNormalizationStatistics(x.shape, axis: axis)
    return (
      tensor(values, shape: x.shape, as: x.elementType),
      tensor(inverses, shape: shape, as: .float32)
    )
  }
}
