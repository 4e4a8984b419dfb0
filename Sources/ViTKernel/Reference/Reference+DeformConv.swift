extension Reference {
  /// DeformConv 22 of images: Conv whose kernel's elements each read `offset` away from their place,
  /// between the image's elements, times `mask`.
  ///
  /// - Parameters:
  ///   - x: [batch, channels, height, width].
  ///   - weight: [output channels, channels / group, kernel height, kernel width].
  ///   - offset: [batch, offset groups * kernel * 2, output height, output width]: down, right.
  ///   - bias: [output channels].
  ///   - mask: [batch, offset groups * kernel, output height, output width].
  public static func deformConv(
    _ x: Tensor, weight: Tensor, offset: Tensor, bias: Tensor? = nil, mask: Tensor? = nil,
    _ parameters: DeformConvParameters
  ) throws(KernelError) -> Tensor {
    try requireFloat("DeformConv", x)
    try requireSameType("DeformConv", x, weight, offset, bias ?? x, mask ?? x)
    let shape = try ShapeRules.deformConv(
      x.shape, weight: weight.shape, offset: offset.shape, bias: bias?.shape, mask: mask?.shape,
      parameters)
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    let windows = try deformedWindows(x, weight: weight, offset: offset, mask: mask, parameters)
    let factors = doubles(weight)
    let terms = bias.map(doubles)
    let depth = factors.count / shape[1]
    let groups = parameters.window.group
    let places = shape[2] * shape[3]
    var result: [Double] = []
    for image in 0..<shape[0] {
      for output in 0..<shape[1] {
        let group = output / (shape[1] / groups)
        for place in 0..<places {
          let start = ((image * places + place) * groups + group) * depth
          result.append(
            (0..<depth).reduce(terms?[output] ?? 0) {
              $0 + windows[start + $1] * factors[output * depth + $1]
            })
        }
      }
    }
    return tensor(result, shape: shape, as: x.elementType)
  }

  /// What the kernel meets at each place: [batch, place, channel, kernel].
  private static func deformedWindows(
    _ x: Tensor, weight: Tensor, offset: Tensor, mask: Tensor?, _ parameters: DeformConvParameters
  ) throws(KernelError) -> [Double] {
    let geometry = try ConvGeometry(x: x.shape, weight: weight.shape, parameters.window)
    let (values, shifts, factors) = (doubles(x), doubles(offset), mask.map(doubles))
    let places = geometry.output[0] * geometry.output[1]
    let (kernel, channels) = (geometry.kernel[0] * geometry.kernel[1], x.shape[1])
    let shared = channels / parameters.offsetGroup
    var result: [Double] = []
    for image in 0..<x.shape[0] {
      for place in 0..<places {
        let origin = [place / geometry.output[1], place % geometry.output[1]].enumerated().map {
          Double(geometry.start(of: $0.1, axis: $0.0))
        }
        for channel in 0..<channels {
          let plane = (image * channels + channel) * geometry.input[0] * geometry.input[1]
          let group = image * parameters.offsetGroup + channel / shared
          for step in 0..<kernel {
            let tap = group * kernel + step
            let row = step / geometry.kernel[1] * geometry.dilations[0]
            let column = step % geometry.kernel[1] * geometry.dilations[1]
            let y = origin[0] + Double(row) + shifts[2 * tap * places + place]
            let x = origin[1] + Double(column) + shifts[(2 * tap + 1) * places + place]
            let value = bilinear(values, plane: plane, extents: geometry.input, y, x)
            result.append(value * (factors?[tap * places + place] ?? 1))
          }
        }
      }
    }
    return result
  }

  /// A plane between its elements; 0 beyond its edges.
  private static func bilinear(
    _ values: [Double], plane: Int, extents: [Int], _ y: Double, _ x: Double
  ) -> Double {
    // Also false for what is no number.
    guard y > -1, y < Double(extents[0]), x > -1, x < Double(extents[1]) else { return 0 }
    let (top, left) = (Int(y.rounded(.down)), Int(x.rounded(.down)))
    let (below, right) = (y - Double(top), x - Double(left))
    var sum = 0.0
    for (row, yShare) in [(top, 1 - below), (top + 1, below)] where (0..<extents[0]).contains(row) {
      for (column, xShare) in [(left, 1 - right), (left + 1, right)]
      where (0..<extents[1]).contains(column) {
        sum += yShare * xShare * values[plane + row * extents[1] + column]
      }
    }
    return sum
  }
}
