#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// MaxPool, AveragePool or LpPool of [batch, channels, spatial...], and the operators called Global.
  ///
  /// - Returns: The result, and MaxPool's Indices: int64 offsets of the largest elements in the input.
  public static func pool(
    _ operation: PoolOperation, _ x: Tensor, _ parameters: PoolParameters
  ) throws(KernelError) -> (y: Tensor, indices: Tensor) {
    let geometry = try PoolGeometry(x: x.shape, parameters)
    let shape = try ShapeRules.pool(x.shape, parameters)
    if operation != .max { try requireFloat("pooling", x) }
    let windows = windows(geometry)
    let values = doubles(x)
    let plane = geometry.input.reduce(1, *)
    var (results, places): ([Double], [Int64]) = ([], [])
    for image in 0..<shape.prefix(2).reduce(1, *) {
      for window in windows {
        let base = image * plane
        let elements = window.offsets.map { values[base + $0] }
        switch operation {
        case .max:
          let best = elements.indices.reduce(into: 0) { best, next in
            if elements[next] > elements[best] || elements[next].isNaN { best = next }
          }
          results.append(elements.isEmpty ? -.infinity : elements[best])
          let offset = window.offsets.isEmpty ? 0 : window.offsets[best]
          places.append(Int64(base + (parameters.columnMajor ? turned(offset, geometry) : offset)))
        case .average(let countsPadding):
          let count = countsPadding ? window.padded : elements.count
          results.append(count == 0 ? 0 : elements.reduce(0, +) / Double(count))
        case .lp(let p):
          let sum = elements.reduce(0) { $0 + pow($1.magnitude, Double(p)) }
          results.append(pow(sum, 1 / Double(p)))
        }
      }
    }
    let indices = operation == .max ? Tensor(places, shape: shape) : Tensor(.int64, shape: [0])
    return (tensor(results, shape: shape, as: x.elementType), indices)
  }

  /// The elements that a result is made of.
  private struct Window {
    /// Offsets into the plane.
    var offsets = [0]
    /// How many places there are of the input and its padding.
    var padded = 1
  }

  private static func windows(_ geometry: PoolGeometry) -> [Window] {
    var windows = [Window()]
    for axis in geometry.input.indices {
      let extent = geometry.input[axis]
      let (before, after) = (geometry.padBegins[axis], geometry.padEnds[axis])
      windows = windows.flatMap { outer in
        (0..<geometry.output[axis]).map { output in
          let start = output * geometry.strides[axis] - before
          let places = (0..<geometry.kernel[axis]).map { start + $0 * geometry.dilations[axis] }
          let inside = places.filter { (0..<extent).contains($0) }
          return Window(
            offsets: outer.offsets.flatMap { offset in inside.map { offset * extent + $0 } },
            padded: outer.padded * places.filter { $0 < extent + after }.count)
        }
      }
    }
    return windows
  }

  /// An offset into the plane with its axes in the reverse order (`storage_order` 1).
  private static func turned(_ offset: Int, _ geometry: PoolGeometry) -> Int {
    var (rest, result, stride) = (offset, 0, geometry.input.reduce(1, *))
    for extent in geometry.input.reversed() {
      stride /= extent
      result += rest % extent * stride
      rest /= extent
    }
    return result
  }

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

  /// DepthToSpace 13 of [batch, channels, height, width].
  ///
  /// - Parameter columnsFirst: Mode CRD: the block's place counts after the channel.
  public static func depthToSpace(
    _ x: Tensor, block: Int, columnsFirst: Bool
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.depthToSpace(x.shape, block: block)
    let (n, c, h, w) = (x.shape[0], shape[1], x.shape[2], x.shape[3])
    let split =
      columnsFirst ? [n, c, block, block, h, w] : [n, block, block, c, h, w]
    let order = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
    return try transpose(x.reshaped(split), permutation: order).reshaped(shape)
  }

  /// SpaceToDepth 28 of [batch, channels, height, width], the reverse of
  /// ``depthToSpace(_:block:columnsFirst:)``.
  public static func spaceToDepth(
    _ x: Tensor, block: Int, columnsFirst: Bool
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.spaceToDepth(x.shape, block: block)
    let split = [x.shape[0], x.shape[1], shape[2], block, shape[3], block]
    let order = columnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
    return try transpose(x.reshaped(split), permutation: order).reshaped(shape)
  }
}
