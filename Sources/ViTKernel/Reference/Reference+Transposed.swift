extension Reference {
  /// ConvTranspose 22 of float32 or float64 over any number of spatial axes: each element of `x`
  /// spreads the kernel, times itself, over the result.
  ///
  /// - Parameters:
  ///   - x: [batch, channels, spatial...].
  ///   - weight: [channels, output channels / group, kernel...].
  ///   - bias: [output channels].
  public static func convTranspose(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, _ parameters: ConvTransposeParameters
  ) throws(KernelError) -> Tensor {
    try requireFloat("ConvTranspose", x)
    try requireSameType("ConvTranspose", x, weight, bias ?? x)
    let shape = try ShapeRules.convTranspose(
      x.shape, weight: weight.shape, bias: bias?.shape, parameters)
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    let geometry = try ShapeRules.convTransposeGeometry(
      x.shape, weight: weight.shape, parameters)
    let (values, factors) = (doubles(x), doubles(weight))
    let taps = taps(geometry)
    let (channels, outputs) = (x.shape[1], weight.shape[1])
    let (plane, kernel) = (shape[2...].reduce(1, *), geometry.kernel.reduce(1, *))
    let terms = bias.map(doubles) ?? [Double](repeating: 0, count: shape[1])
    var result: [Double] = []
    for _ in 0..<x.shape[0] {
      for term in terms { result += [Double](repeating: term, count: plane) }
    }
    for source in 0..<(x.shape[0] * channels) {
      let (image, channel) = (source / channels, source % channels)
      let group = channel / (channels / parameters.window.group)
      for output in 0..<outputs {
        let target = (image * shape[1] + group * outputs + output) * plane
        let weights = (channel * outputs + output) * kernel
        for (place, reached) in taps.enumerated() {
          let value = values[source * taps.count + place]
          for tap in reached { result[target + tap.input] += value * factors[weights + tap.kernel] }
        }
      }
    }
    return tensor(result, shape: shape, as: x.elementType)
  }

  /// Col2Im 18: sums blocks [batch, channels * block, places] where they overlap in an image.
  public static func col2Im(
    _ x: Tensor, image: [Int], block: [Int], _ parameters: ConvParameters
  ) throws(KernelError) -> Tensor {
    let geometry = try ShapeRules.col2ImGeometry(x.shape, image: image, block: block, parameters)
    let shape = try ShapeRules.col2Im(x.shape, image: image, block: block, parameters)
    let values = doubles(x)
    let taps = taps(geometry)
    let (plane, size) = (image.reduce(1, *), block.reduce(1, *))
    var result = [Double](repeating: 0, count: shape.reduce(1, *))
    for channel in 0..<(shape[0] * shape[1]) {
      for (place, reached) in taps.enumerated() {
        for tap in reached {
          result[channel * plane + tap.input] +=
            values[(channel * size + tap.kernel) * taps.count + place]
        }
      }
    }
    return tensor(result, shape: shape, as: x.elementType)
  }

  /// MaxUnpool 22: the elements of `x` at the places that MaxPool's `indices` name, zeros elsewhere.
  ///
  /// The indices count in the shape that the pool had before; where `requested` is larger, that shape
  /// lies at its origin.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` also where an index lies outside that shape.
  public static func maxUnpool(
    _ x: Tensor, indices: Tensor, requested: [Int]? = nil, _ parameters: ConvParameters
  ) throws(KernelError) -> Tensor {
    let pooled = try ShapeRules.maxUnpoolSource(x.shape, indices: indices.shape, parameters)
    let shape = try ShapeRules.maxUnpool(
      x.shape, indices: indices.shape, requested: requested, parameters)
    let count = pooled.reduce(1, *)
    let places = offsets(shape: pooled, strides: ShapeRules.strides(shape))
    let values = doubles(x)
    var result = [Double](repeating: 0, count: shape.reduce(1, *))
    for (value, index) in zip(values, try integers(indices)) {
      guard (0..<count).contains(index) else {
        throw .invalid("MaxUnpool: index \(index) is not in 0..<\(count)")
      }
      result[places[index]] = value
    }
    return tensor(result, shape: shape, as: x.elementType)
  }
}
