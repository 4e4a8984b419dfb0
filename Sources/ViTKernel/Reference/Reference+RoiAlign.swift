extension Reference {
  /// More samples along an axis of a bin than this are a region that makes no sense.
  private static let largestSampleCount = 1 << 12

  /// RoiAlign 22 of [batch, channels, height, width]: each region of an image cut into bins, each bin
  /// the mean or the largest of bilinear samples.
  ///
  /// - Parameters:
  ///   - regions: [regions, 4]: left, top, right, bottom, before the scale.
  ///   - images: [regions], int64: the image that each is of.
  /// - Throws: ``KernelError/invalid(_:)`` also where an image is not in the batch or a region is no
  ///   region.
  public static func roiAlign(
    _ x: Tensor, regions: Tensor, images: Tensor, _ parameters: RoiAlignParameters
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.roiAlign(
      x.shape, regions: regions.shape, images: images.shape, parameters)
    try requireFloat("RoiAlign", x)
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    guard !x.shape.contains(0) else { throw .invalid("RoiAlign of \(x.shape), which is empty") }
    let (values, bounds) = (doubles(x), doubles(regions))
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    var result: [Double] = []
    for (region, image) in try integers(images).enumerated() {
      guard (0..<x.shape[0]).contains(image) else {
        throw .invalid("RoiAlign: image \(image) is not in 0..<\(x.shape[0])")
      }
      let corners = bounds[(4 * region)..<(4 * region + 4)].map {
        $0 * Double(parameters.spatialScale) - (parameters.halfPixel ? 0.5 : 0)
      }
      let rows = try binSamples(
        from: corners[1], to: corners[3], bins: parameters.outputHeight, extent: height, parameters)
      let columns = try binSamples(
        from: corners[0], to: corners[2], bins: parameters.outputWidth, extent: width, parameters)
      for channel in 0..<channels {
        let plane = (image * channels + channel) * height * width
        for row in rows {
          for column in columns {
            result.append(
              pooled(row, column, takesMaximum: parameters.takesMaximum) { y, x in
                values[plane + y * width + x]
              })
          }
        }
      }
    }
    return tensor(result, shape: shape, as: x.elementType)
  }

  /// The samples of each bin along one axis: the two elements around each, none beyond the edges.
  private static func binSamples(
    from start: Double, to end: Double, bins: Int, extent: Int, _ parameters: RoiAlignParameters
  ) throws(KernelError) -> [[[Share]]] {
    let length = parameters.halfPixel ? end - start : Swift.max(end - start, 1)
    let size = length / Double(bins)
    let ratio = parameters.samplingRatio
    let wanted = ratio > 0 ? Double(ratio) : Swift.max(size.rounded(.up), 0)
    guard wanted <= Double(largestSampleCount) else {
      throw .invalid("RoiAlign: a region from \(start) to \(end), sampled \(wanted) times in a bin")
    }
    let count = Int(wanted)
    return (0..<bins).map { bin in
      (0..<count).map { step in
        let place = start + (Double(bin) + (Double(step) + 0.5) / Double(count)) * size
        guard place >= -1, place <= Double(extent) else { return [] }
        let inside = clamped(place, from: 0, to: Double(extent - 1))
        let low = Int(inside)
        let share = inside - Double(low)
        return [
          Share(offset: low, weight: 1 - share),
          Share(offset: Swift.min(low + 1, extent - 1), weight: share),
        ]
      }
    }
  }

  /// The mean of a bin's samples; or, as ONNX has it, the largest of the weighted elements that they
  /// are made of.
  private static func pooled(
    _ rows: [[Share]], _ columns: [[Share]], takesMaximum: Bool,
    _ value: (_ row: Int, _ column: Int) -> Double
  ) -> Double {
    var (sum, largest): (Double, Double?) = (0, nil)
    for row in rows {
      for column in columns {
        let parts = row.flatMap { y in
          column.map { y.weight * $0.weight * value(y.offset, $0.offset) }
        }
        sum += parts.reduce(0, +)
        // What lies beyond the edges counts as 0.
        largest = greater(largest, parts.reduce(nil, greater) ?? 0)
      }
    }
    if takesMaximum { return largest ?? 0 }
    return sum / Double(Swift.max(rows.count * columns.count, 1))
  }

  private static func greater(_ largest: Double?, _ next: Double) -> Double? {
    largest.map { larger($0, next) } ?? next
  }
}
