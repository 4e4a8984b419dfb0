extension Reference {
  /// GridSample 22 of [batch, channels, spatial...] at the places of `grid`
  /// [batch, places..., spatial axes], whose coordinates run from -1 to 1, the last axis' first.
  ///
  /// GridSample 16 is the same over two spatial axes.
  public static func gridSample(
    _ x: Tensor, grid: Tensor, _ parameters: GridSampleParameters = GridSampleParameters()
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.gridSample(x.shape, grid: grid.shape)
    try requireFloat("GridSample", grid)
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    let extents = Array(x.shape[2...])
    guard !extents.contains(0) else { throw .invalid("GridSample of shape \(x.shape)") }
    let (values, coordinates) = (doubles(x), doubles(grid))
    let (plane, rank) = (extents.reduce(1, *), extents.count)
    let places = shape[2...].reduce(1, *)
    let channels = x.shape[1]
    var result = [Double](repeating: 0, count: shape.reduce(1, *))
    for item in 0..<(shape[0] * places) {
      let (image, place) = (item / places, item % places)
      var samples = [Share(offset: 0, weight: 1)]
      for (axis, extent) in extents.enumerated() {
        let position = coordinates[item * rank + rank - 1 - axis]
        let along = gridSamples(position, extent: extent, parameters)
        samples = samples.flatMap { outer in
          along.map {
            Share(offset: outer.offset * extent + $0.offset, weight: outer.weight * $0.weight)
          }
        }
      }
      for channel in 0..<channels {
        let source = (image * channels + channel) * plane
        result[(image * channels + channel) * places + place] = samples.reduce(0) {
          $0 + $1.weight * values[source + $1.offset]
        }
      }
    }
    return tensor(result, shape: shape, as: x.elementType)
  }

  /// An element that a sample is made of, and its weight.
  struct Share {
    let offset: Int
    let weight: Double
  }

  /// The elements along one axis that a coordinate from -1 to 1 takes from; none beyond the edges of
  /// what is padded with zeros.
  private static func gridSamples(
    _ position: Double, extent: Int, _ parameters: GridSampleParameters
  ) -> [Share] {
    let length = Double(extent)
    let isCentre = parameters.alignCorners
    let edges = isCentre ? (0, length - 1) : (-0.5, length - 0.5)
    var place = isCentre ? (position + 1) / 2 * (length - 1) : ((position + 1) * length - 1) / 2
    if parameters.mode == .nearest { place.round(.toNearestOrEven) }
    // What is no number, or so far away that no index reaches it, has no neighbours.
    guard place.magnitude < 0x1p52 else { return [] }
    // Cubic convolution meets the edges element by element, as in PyTorch and ONNX Runtime.
    if parameters.mode != .cubic, place < edges.0 || place > edges.1 {
      switch parameters.padding {
      case .zeros: break
      case .border: place = clamped(place, from: 0, to: length - 1)
      case .reflection: place = reflected(place, edges)
      }
    }
    let left = place.rounded(.down)
    let ratio = place - left
    let (first, weights): (Int, [Double])
    switch parameters.mode {
    case .nearest: (first, weights) = (Int(place.rounded(.toNearestOrEven)), [1])
    case .linear: (first, weights) = (Int(left), [1 - ratio, ratio])
    case .cubic:
      (first, weights) = (
        Int(left) - 1,
        [ratio + 1, ratio, 1 - ratio, 2 - ratio].map { ResizeSample.cubic($0, a: -0.75) }
      )
    }
    return weights.enumerated().compactMap { step, weight in
      let index = first + step
      if (0..<extent).contains(index) { return Share(offset: index, weight: weight) }
      switch parameters.padding {
      case .zeros: return nil
      case .border: return Share(offset: Swift.min(Swift.max(index, 0), extent - 1), weight: weight)
      case .reflection:
        let inside = Int(reflected(Double(index), edges).rounded(.towardZero))
        return Share(offset: Swift.min(Swift.max(inside, 0), extent - 1), weight: weight)
      }
    }
  }

  /// `x` mirrored at both edges until it lies between them.
  private static func reflected(_ x: Double, _ edges: (Double, Double)) -> Double {
    let length = edges.1 - edges.0
    if length <= 0 { return edges.0 }
    let distance = x < edges.0 ? edges.0 - x : x - edges.1
    if distance <= 0 { return x }
    let turns = (distance / length).rounded(.down)
    let rest = distance - turns * length
    let endsLow = (x < edges.0) == turns.truncatingRemainder(dividingBy: 2).isZero
    return endsLow ? edges.0 + rest : edges.1 - rest
  }

  /// AffineGrid 20: the grid of `size` [batch, channels, spatial...] under the affine maps `theta`
  /// [batch, axes, axes + 1] of two or three axes.
  ///
  /// - Returns: [batch, spatial..., axes], for ``gridSample(_:grid:_:)``.
  public static func affineGrid(
    _ theta: Tensor, size: [Int], alignCorners: Bool
  ) throws(KernelError) -> Tensor {
    try requireFloat("AffineGrid", theta)
    let shape = try ShapeRules.affineGrid(theta.shape, size: size)
    let factors = doubles(theta)
    let extents = Array(size[2...])
    let rank = extents.count
    let places = extents.reduce(1, *)
    let strides = ShapeRules.strides(extents)
    var result: [Double] = []
    for item in 0..<(size[0] * places) {
      let (image, place) = (item / places, item % places)
      // The last axis comes first: x, y, z.
      let point = (0..<rank).reversed().map { axis in
        gridCoordinate(
          place / strides[axis] % extents[axis], extent: extents[axis], alignCorners: alignCorners)
      }
      for row in 0..<rank {
        let start = (image * rank + row) * (rank + 1)
        result.append(
          point.enumerated().reduce(factors[start + rank]) { $0 + factors[start + $1.0] * $1.1 })
      }
    }
    return tensor(result, shape: shape, as: theta.elementType)
  }

  /// Where an element lies between -1 and 1.
  private static func gridCoordinate(_ index: Int, extent: Int, alignCorners: Bool) -> Double {
    if alignCorners { return extent == 1 ? -1 : -1 + 2 * Double(index) / Double(extent - 1) }
    return -1 + (2 * Double(index) + 1) / Double(extent)
  }
}
