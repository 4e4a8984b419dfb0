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
    let samples = try ResizeSample.axes(x.shape, geometry, region: region, parameters)
    if geometry.output.contains(0) { return Tensor(x.elementType, shape: geometry.output) }
    var values = doubles(x)
    var shape = x.shape
    for axis in shape.indices {
      values = sampled(values, shape, axis: axis, samples[axis])
      shape[axis] = geometry.output[axis]
    }
    if parameters.coordinates == .cropAndResize {
      fill(
        &values, shape, samples.map { $0.map(\.isOutside) }, with: Double(parameters.extrapolation))
    }
    return tensor(values, shape: shape, as: x.elementType)
  }

  private static func sampled(
    _ values: [Double], _ shape: [Int], axis: Int, _ samples: [ResizeSample]
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
