/// What each place along an axis of a Resize's result is made of: a weighted sum of the input's
/// elements along that axis.
struct ResizeSample: Sendable, Hashable {
  var indices: [Int] = []
  var weights: [Double] = []
  /// Beyond the input, where the extrapolation value stands.
  var isOutside = false
}

extension ResizeSample {
  /// The samples of each axis.
  ///
  /// - Parameter region: `roi`, for `tf_crop_and_resize`.
  /// - Throws: ``KernelError/invalid(_:)`` where there is nothing to sample, or no region.
  static func axes(
    _ input: [Int], _ geometry: ResizeGeometry, region: [Float]?, _ parameters: ResizeParameters
  ) throws(KernelError) -> [[ResizeSample]] {
    let axes = try ShapeRules.axes(parameters.axes ?? Array(input.indices), rank: input.count)
    if parameters.coordinates == .cropAndResize {
      guard let region, region.count == 2 * axes.count, region.allSatisfy(\.isFinite) else {
        throw .invalid("Resize: tf_crop_and_resize with a roi of \(region ?? [])")
      }
    }
    guard geometry.output.contains(0) || !input.contains(0) else {
      throw .invalid("Resize of \(input), which is empty")
    }
    return input.indices.map { axis in
      let place = axes.firstIndex(of: axis)
      return (0..<geometry.output[axis]).map { position in
        sample(
          position, length: input[axis], output: geometry.output[axis],
          scale: geometry.scales[axis],
          region: place.flatMap { place in
            region.map { ($0[place], $0[place + axes.count]) }
          }, place == nil ? ResizeParameters(mode: .nearest(.floor)) : parameters)
      }
    }
  }

  private static func sample(
    _ position: Int, length: Int, output: Int, scale: Double, region: (Float, Float)?,
    _ parameters: ResizeParameters
  ) -> ResizeSample {
    if output == length && scale == 1 && parameters.coordinates != .cropAndResize {
      return ResizeSample(indices: [position], weights: [1])
    }
    let coordinate = Double(
      coordinate(
        Float(position), length: Float(length), output: Float(output), scale: scale,
        region: region, parameters.coordinates))
    if parameters.coordinates == .cropAndResize,
      coordinate < 0 || coordinate > Double(length - 1)
    {
      return ResizeSample(isOutside: true)
    }
    // The neighbour on the left lies strictly before it, so that 0 < ratio <= 1.
    let left = coordinate.rounded(.up) - 1
    let (first, factors) = weights(coordinate - left, scale: scale, parameters)
    var sample = ResizeSample()
    // The nearest element is the only one, inside or not.
    let excludesOutside = parameters.excludeOutside && factors.count > 1
    for (step, factor) in factors.enumerated() {
      let index = Int(left) + first + step
      if excludesOutside && !(0..<length).contains(index) { continue }
      sample.indices.append(min(max(index, 0), length - 1))
      sample.weights.append(factor)
    }
    let sum = excludesOutside ? sample.weights.reduce(0, +) : 1
    sample.weights = sample.weights.map { $0 / sum }
    return sample
  }

  /// Where the input is sampled for a place of the output; in float32 and in the order of ONNX
  /// Runtime, since the nearest element of a coordinate halfway between two hangs on the last bit.
  private static func coordinate(
    _ x: Float, length: Float, output: Float, scale: Double, region: (Float, Float)?,
    _ mode: CoordinateMode
  ) -> Float {
    // What the scale makes of the length, which need not be whole.
    let width = Float(scale * Double(length))
    let scale = Float(scale)
    switch mode {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return output == 1 ? 0 : (x + 0.5) / scale - 0.5
    case .halfPixelSymmetric:
      return length / 2 * (1 - output / width) + (x + 0.5) / scale - 0.5
    case .alignCorners: return output == 1 ? 0 : x * (length - 1) / (width - 1)
    case .asymmetric: return x / scale
    case .halfPixelForNearest: return (x + 0.5) / scale
    case .cropAndResize:
      let (begin, end) = region ?? (0, 1)
      if output == 1 { return 0.5 * (begin + end) * (length - 1) }
      return begin * (length - 1) + x * (end - begin) * (length - 1) / (width - 1)
    }
  }

  /// Weights of the neighbours, and where the first of them lies from the left one.
  private static func weights(
    _ ratio: Double, scale: Double, _ parameters: ResizeParameters
  ) -> (first: Int, factors: [Double]) {
    let reach: Double
    let kernel: (Double) -> Double
    switch parameters.mode {
    case .nearest(let mode):
      let takesRight =
        switch mode {
        case .floor: ratio == 1
        case .ceil: true
        case .roundPreferFloor: ratio > 0.5
        case .roundPreferCeil: ratio >= 0.5
        }
      return (takesRight ? 1 : 0, [1])
    case .nearestOfOldVersions: return (scale < 1 || ratio == 1 ? 1 : 0, [1])
    case .linear: (reach, kernel) = (1, { Swift.max(1 - $0.magnitude, 0) })
    case .cubic(let a): (reach, kernel) = (2, { cubic($0.magnitude, a: Double(a)) })
    }
    let shrink = parameters.antialias ? min(scale, 1) : 1
    let first = Int((-reach / shrink).rounded(.down)) + 1
    let factors = (first...(1 - first)).map { kernel((Double($0) - ratio) * shrink) }
    let sum = parameters.antialias ? factors.reduce(0, +) : 1
    return (first, factors.map { $0 / sum })
  }

  /// Cubic convolution (Keys 1981).
  static func cubic(_ x: Double, a: Double) -> Double {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
