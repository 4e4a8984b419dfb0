extension Reference {
  /// BatchNormalization of inference: `(x - mean) / sqrt(variance + epsilon) * scale + bias` for each
  /// channel, the second axis. All parameters are [channels].
  public static func batchNormalization(
    _ x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float
  ) throws(KernelError) -> Tensor {
    try requireFloat("BatchNormalization", x)
    let channels = x.shape.count > 1 ? x.shape[1] : 1
    for parameter in [scale, bias, mean, variance] where parameter.shape != [channels] {
      throw .invalid("BatchNormalization of \(x.shape) with a parameter of \(parameter.shape)")
    }
    let (factors, terms) = (doubles(scale), doubles(bias))
    let (means, variances) = (doubles(mean), doubles(variance))
    let plane = x.shape.dropFirst(2).reduce(1, *)
    let values = doubles(x).enumerated().map { index, value in
      let channel = index / plane % channels
      return (value - means[channel]) / (variances[channel] + Double(epsilon)).squareRoot()
        * factors[channel] + terms[channel]
    }
    return tensor(values, shape: x.shape, as: x.elementType)
  }

  /// BatchNormalization 15 with `training_mode` 1: by the mean and the variance of each channel over
  /// the batch, of which the running ones take in a part.
  public static func batchStatistics(
    _ x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float,
    momentum: Float
  ) throws(KernelError) -> (
    y: Tensor, mean: Tensor, variance: Tensor, batchMean: Tensor, batchVariance: Tensor
  ) {
    try requireFloat("BatchNormalization", x)
    let axes = x.shape.indices.filter { $0 != 1 }
    guard x.shape.count > 1, !x.shape.contains(0), mean.shape == [x.shape[1]],
      variance.shape == mean.shape
    else { throw .invalid("BatchNormalization of \(x.shape) with a mean of \(mean.shape)") }
    let batchMean = try reduce(.mean, x, axes: axes, keepDims: true)
    let centred = try binary(.sub, x, batchMean)
    let squares = try binary(.mul, centred, centred)
    let batchVariance = try reduce(.mean, squares, axes: axes, keepDims: false)
    let flatMean = batchMean.reshaped([x.shape[1]])
    let y = try batchNormalization(
      x, scale: scale, bias: bias, mean: flatMean, variance: batchVariance, epsilon: epsilon)
    func running(_ old: Tensor, _ new: Tensor) -> Tensor {
      let part = Double(momentum)
      let values = zip(doubles(old), doubles(new)).map { $0 * part + $1 * (1 - part) }
      return tensor(values, shape: old.shape, as: old.elementType)
    }
    return (
      y, running(mean, flatMean), running(variance, batchVariance), flatMean, batchVariance
    )
  }

  /// InstanceNormalization and GroupNormalization: each group of channels of each image by itself,
  /// then `* scale + bias`.
  ///
  /// - Parameter parameters: scale and bias, [channels], or [groups] as in GroupNormalization 18.
  public static func groupNormalization(
    _ x: Tensor, groups: Int?, scale: Tensor, bias: Tensor, epsilon: Float
  ) throws(KernelError) -> Tensor {
    try requireFloat("GroupNormalization", x)
    guard x.shape.count >= 2 else { throw .invalid("GroupNormalization of \(x.shape)") }
    let channels = x.shape[1]
    let groups = groups ?? channels
    guard groups > 0, channels.isMultiple(of: groups), scale.shape == bias.shape,
      scale.shape == [channels] || scale.shape == [groups]
    else {
      throw .invalid(
        "GroupNormalization of \(x.shape) in \(groups) groups with a scale of \(scale.shape)")
    }
    let (factors, terms) = (doubles(scale), doubles(bias))
    let plane = x.shape.dropFirst(2).reduce(1, *)
    let length = channels / groups * plane
    var values = doubles(x)
    for start in stride(from: 0, to: length == 0 ? 0 : values.count, by: length) {
      let run = values[start..<start + length]
      let mean = run.reduce(0, +) / Double(length)
      let variance = run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
      let divisor = (variance + Double(epsilon)).squareRoot()
      for index in run.indices {
        let channel = index / plane % channels
        let place = scale.count == channels ? channel : channel / (channels / groups)
        values[index] = (values[index] - mean) / divisor * factors[place] + terms[place]
      }
    }
    return tensor(values, shape: x.shape, as: x.elementType)
  }
}
