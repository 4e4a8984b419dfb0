extension Reference {
  /// Gather: slices of `data` along `axis`, picked by int32 or int64 indices, which may be negative.
  public static func gather(
    _ data: Tensor, indices: Tensor, axis: Int = 0
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.gather(data.shape, indices: indices.shape, axis: axis)
    let axis = try ShapeRules.axis(axis, rank: data.shape.count)
    let picks = try positions(indices, in: data.shape[axis], name: "Gather")
    if shape.contains(0) { return Tensor(data.elementType, shape: shape) }
    let strides = ShapeRules.strides(data.shape)
    var steps = data.shape.indices.map { axis in
      (0..<data.shape[axis]).map { $0 * strides[axis] }
    }
    steps[axis] = picks.map { $0 * strides[axis] }
    return pick(offsets(along: steps), from: [data], shape: shape)
  }

  /// GatherElements: each element's index along `axis` is given, its other indices are its own.
  public static func gatherElements(
    _ data: Tensor, indices: Tensor, axis: Int = 0
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.gatherElements(data.shape, indices: indices.shape, axis: axis)
    let axis = try ShapeRules.axis(axis, rank: data.shape.count)
    let picks = try positions(indices, in: data.shape[axis], name: "GatherElements")
    var strides = ShapeRules.strides(data.shape)
    let stride = strides[axis]
    strides[axis] = 0
    let others = offsets(shape: shape, strides: strides)
    let offsets = zip(others, picks).map { $0 + $1 * stride }
    return pick(offsets, from: [data], shape: shape)
  }

  /// Indices counted from the front of an axis of `length`.
  static func positions(
    _ indices: Tensor, in length: Int, name: String
  ) throws(KernelError) -> [Int] {
    var result = try integers(indices)
    for place in result.indices {
      let index = result[place]
      guard index >= -length, index < length else {
        throw .invalid("\(name): index \(index) into an axis of \(length)")
      }
      if index < 0 { result[place] += length }
    }
    return result
  }

  /// Pad, with the scalar `value` (absent: 0 or false) in the constant mode. Negative pads crop.
  ///
  /// - Parameters:
  ///   - pads: The begins of `axes`, then their ends.
  ///   - axes: The padded axes; nil stands for all.
  public static func pad(
    _ x: Tensor, pads: [Int], axes: [Int]? = nil, mode: PadMode = .constant, value: Tensor? = nil
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.pad(x.shape, pads: pads, axes: axes)
    let padding = try ShapeRules.padding(pads, axes: axes, rank: x.shape.count)
    let filler = value ?? Tensor(x.elementType, shape: [])
    try requireSameType("Pad", x, filler)
    guard filler.count == 1 else { throw .invalid("Pad: a value of shape \(filler.shape)") }
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    let strides = ShapeRules.strides(x.shape)
    var steps: [[Int]] = []
    var outside: [[Int]] = []
    for (axis, pad) in padding.enumerated() {
      let sources = try padSources(
        dimension: x.shape[axis], begin: pad.begin, end: pad.end, mode: mode)
      steps.append(sources.map { ($0 ?? 0) * strides[axis] })
      outside.append(sources.map { $0 == nil ? 1 : 0 })
    }
    // An element is padding if it lies outside along any axis; the value comes after x's elements.
    let picks = zip(offsets(along: steps), offsets(along: outside)).map { offset, outsideAxes in
      outsideAxes == 0 ? offset : x.count
    }
    return pick(picks, from: [x, filler], shape: shape)
  }

  /// For each position of a padded axis, the input's position; nil for the constant.
  private static func padSources(
    dimension: Int, begin: Int, end: Int, mode: PadMode
  ) throws(KernelError) -> [Int?] {
    let positions = -begin..<(dimension + end)
    if mode == .constant {
      return positions.map { (0..<dimension).contains($0) ? $0 : nil }
    }
    // What is cropped is not there to be repeated.
    let (first, last) = (max(0, -begin), dimension - 1 + min(0, end))
    let kept = last - first + 1
    guard kept > 0, mode != .reflect || max(begin, end) < kept else {
      throw .invalid("Pad in mode \(mode): pads \(begin) and \(end) of an axis of \(dimension)")
    }
    return positions.map { position in
      switch mode {
      case .constant: nil
      case .edge: clamped(position, from: first, to: last)
      case .wrap: first + ((position - first) % kept + kept) % kept
      case .reflect:
        position < first ? 2 * first - position : position > last ? 2 * last - position : position
      }
    }
  }
}
