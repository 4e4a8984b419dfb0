extension Reference {
  /// Conv of float32 or float64 over any number of spatial axes.
  ///
  /// - Parameters:
  ///   - x: [batch, channels, spatial...].
  ///   - weight: [output channels, channels / group, kernel...].
  ///   - bias: [output channels].
  public static func conv(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, _ parameters: ConvParameters = .init()
  ) throws(KernelError) -> Tensor {
    try requireFloat("Conv", x)
    try requireSameType("Conv", x, weight, bias ?? x)
    let shape = try ShapeRules.conv(
      x.shape, weight: weight.shape, bias: bias?.shape, parameters)
    let geometry = try ConvGeometry(x: x.shape, weight: weight.shape, parameters)
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    let (values, factors) = (doubles(x), doubles(weight))
    let terms = bias.map(doubles)
    let taps = taps(geometry)
    let (channels, outputs) = (x.shape[1], weight.shape[0])
    let plane = geometry.input.reduce(1, *)
    let kernel = geometry.kernel.reduce(1, *)
    let groupChannels = weight.shape[1]
    var result: [Double] = []
    for image in 0..<x.shape[0] {
      for output in 0..<outputs {
        let group = output / (outputs / parameters.group)
        for reached in taps {
          var sum = terms?[output] ?? 0
          for channel in 0..<groupChannels {
            let source = (image * channels + group * groupChannels + channel) * plane
            let weights = (output * groupChannels + channel) * kernel
            for tap in reached { sum += values[source + tap.input] * factors[weights + tap.kernel] }
          }
          result.append(sum)
        }
      }
    }
    return tensor(result, shape: shape, as: x.elementType)
  }
}
