extension Reference {
  /// Resize of float32, float64 or integers (ONNX Resize 10 to 19, Upsample 7 to 9).
  ///
  /// Each axis is sampled by itself: a result is a weighted sum of the elements around its coordinate.
  ///
  /// - Parameter region: `roi`, the begins and then the ends of the operator's axes as fractions, for
  ///   `tf_crop_and_resize`.
  public static func resize(
    _ x: Tensor, _ geometry: ResizeGeometry, region: [Float]? = nil, _ parameters: ResizeParameters
  ) throws(KernelError) -> Tensor {
    guard x.elementType != .bool else { throw .unsupported("Resize of bool") }
    let axes = try ShapeRules.axes(parameters.axes ?? Array(x.shape.indices), rank: x.shape.count)
    if parameters.coordinates == .cropAndResize {
      guard let region, region.count == 2 * axes.count else {
        throw .invalid("Resize: tf_crop_and_resize with a roi of \(region?.count ?? 0) elements")
      }
    }
    if geometry.output.contains(0) { return Tensor(x.elementType, shape: geometry.output) }
    guard !x.shape.contains(0) else { throw .invalid("Resize of \(x.shape), which is empty") }
    var values = doubles(x)
    var shape = x.shape
    var outside = [[Bool]](repeating: [], count: x.shape.count)
    for axis in x.shape.indices {
      let place = axes.firstIndex(of: axis)
      let samples = (0..<geometry.output[axis]).map { position in
        sample(
          position, length: x.shape[axis], output: geometry.output[axis],
          scale: geometry.scales[axis],
          region: place.flatMap { place in
            region.map { ($0[place], $0[place + axes.count]) }
          }, place == nil ? ResizeParameters(mode: .nearest(.floor)) : parameters)
      }
      outside[axis] = samples.map(\.isOutside)
      values = sampled(values, shape, axis: axis, samples)
      shape[axis] = geometry.output[axis]
    }
    if parameters.coordinates == .cropAndResize {
      fill(&values, shape, outside, with: Double(parameters.extrapolation))
    }
    return tensor(values, shape: shape, as: x.elementType)
  }

  /// What one place along an axis of the result is made of.
  private struct Sample {
    var indices: [Int] = []
    var weights: [Double] = []
    var isOutside = false
  }

  private static func sample(
    _ position: Int, length: Int, output: Int, scale: Double, region: (Float, Float)?,
    _ parameters: ResizeParameters
  ) -> Sample {
    if output == length && scale == 1 && parameters.coordinates != .cropAndResize {
      return Sample(indices: [position], weights: [1])
    }
    let coordinate = coordinate(
      Double(position), length: Double(length), output: Double(output), scale: scale,
      region: region, parameters.coordinates)
    if parameters.coordinates == .cropAndResize,
      coordinate < 0 || coordinate > Double(length - 1)
    {
      return Sample(isOutside: true)
    }
    // The neighbour on the left lies strictly before it, so that 0 < ratio <= 1.
    let left = coordinate.rounded(.up) - 1
    let (first, factors) = weights(coordinate - left, scale: scale, parameters)
    var sample = Sample()
    for (step, factor) in factors.enumerated() {
      let index = Int(left) + first + step
      if parameters.excludeOutside && !(0..<length).contains(index) { continue }
      sample.indices.append(min(max(index, 0), length - 1))
      sample.weights.append(factor)
    }
    let sum = parameters.excludeOutside ? sample.weights.reduce(0, +) : 1
    sample.weights = sample.weights.map { $0 / sum }
    return sample
  }

  /// Where the input is sampled for a place of the output.
  private static func coordinate(
    _ x: Double, length: Double, output: Double, scale: Double, region: (Float, Float)?,
    _ mode: CoordinateMode
  ) -> Double {
    // What the scale makes of the length, which need not be whole.
    let width = scale * length
    switch mode {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return output == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case .halfPixelSymmetric:
      return length / 2 * (1 - output / width) + (x + 0.5) / scale - 0.5
    case .alignCorners: return output == 1 ? 0 : x * (length - 1) / (width - 1)
    case .asymmetric: return x / scale
    case .cropAndResize:
      let (begin, end) = region.map { (Double($0.0), Double($0.1)) } ?? (0, 1)
      let step = output == 1 ? 0.5 : x / (width - 1)
      return begin * (length - 1) + step * (end - begin) * (length - 1)
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
  private static func cubic(_ x: Double, a: Double) -> Double {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }

  private static func sampled(
    _ values: [Double], _ shape: [Int], axis: Int, _ samples: [Sample]
  ) -> [Double] {
    let (length, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
    let outer = shape[..<axis].reduce(1, *)
    var result = [Double](repeating: 0, count: outer * samples.count * inner)
    for block in 0..<outer {
      for (position, sample) in samples.enumerated() {
        let target = (block * samples.count + position) * inner
        for (index, weight) in zip(sample.indices, sample.weights) {
          let source = (block * length + index) * inner
          for offset in 0..<inner { result[target + offset] += weight * values[source + offset] }
        }
      }
    }
    return result
  }

  private static func fill(
    _ values: inout [Double], _ shape: [Int], _ outside: [[Bool]], with value: Double
  ) {
    let strides = ShapeRules.strides(shape)
    for index in values.indices {
      let isOutside = shape.indices.contains { axis in
        outside[axis][index / strides[axis] % shape[axis]]
      }
      if isOutside { values[index] = value }
    }
  }
}
