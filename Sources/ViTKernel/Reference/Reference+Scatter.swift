extension Reference {
  /// GatherND 13: slices of `data`, each picked by a tuple of int32 or int64 indices.
  ///
  /// - Parameter batchDims: Leading dimensions that data and indices share.
  public static func gatherND(
    _ data: Tensor, indices: Tensor, batchDims: Int = 0
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.gatherND(data.shape, indices: indices.shape, batchDims: batchDims)
    let length = indices.shape[indices.shape.count - 1]
    let starts = try sliceStarts(
      indices, in: Array(data.shape[batchDims..<(batchDims + length)]), name: "GatherND")
    if shape.contains(0) { return Tensor(data.elementType, shape: shape) }
    let slice = data.shape[(batchDims + length)...].reduce(1, *)
    let batch = data.shape[batchDims...].reduce(1, *)
    let tuplesPerBatch = indices.shape[batchDims...].dropLast().reduce(1, *)
    let offsets = starts.enumerated().flatMap { tuple, start in
      let first = tuple / tuplesPerBatch * batch + start * slice
      return first..<(first + slice)
    }
    return pick(offsets, from: [data], shape: shape)
  }

  /// Scatter 9 and ScatterElements 18: `data` with elements replaced or combined; each update's
  /// index along `axis` is given, its other indices are its own.
  ///
  /// - Parameters:
  ///   - indices: int32 or int64; negative ones count from the end.
  ///   - updates: Of data's type and the indices' shape.
  public static func scatterElements(
    _ data: Tensor, indices: Tensor, updates: Tensor, axis: Int = 0,
    reduction: ScatterReduction = .none
  ) throws(KernelError) -> Tensor {
    try requireSameType("ScatterElements", data, updates)
    _ = try ShapeRules.scatterElements(
      data.shape, indices: indices.shape, updates: updates.shape, axis: axis)
    let axis = try ShapeRules.axis(axis, rank: data.shape.count)
    let picks = try positions(indices, in: data.shape[axis], name: "ScatterElements")
    var strides = ShapeRules.strides(data.shape)
    let stride = strides[axis]
    strides[axis] = 0
    let others = offsets(shape: indices.shape, strides: strides)
    return try scattered(
      updates, into: data, at: zip(others, picks).map { $0 + $1 * stride }, reduction)
  }

  /// ScatterND 18: `data` with slices replaced or combined, each found by a tuple of int32 or int64
  /// indices.
  public static func scatterND(
    _ data: Tensor, indices: Tensor, updates: Tensor, reduction: ScatterReduction = .none
  ) throws(KernelError) -> Tensor {
    try requireSameType("ScatterND", data, updates)
    _ = try ShapeRules.scatterND(data.shape, indices: indices.shape, updates: updates.shape)
    let length = indices.shape[indices.shape.count - 1]
    let starts = try sliceStarts(indices, in: Array(data.shape[..<length]), name: "ScatterND")
    let slice = data.shape[length...].reduce(1, *)
    let places = starts.flatMap { ($0 * slice)..<(($0 + 1) * slice) }
    return try scattered(updates, into: data, at: places, reduction)
  }

  /// TensorScatter 24: the cache with `update` written along `axis` from each image's start on.
  ///
  /// - Parameters:
  ///   - starts: int64 [batch]; absent: 0.
  ///   - circular: Goes on at the beginning of the axis; otherwise the update must fit.
  public static func tensorScatter(
    _ cache: Tensor, update: Tensor, starts: Tensor? = nil, axis: Int = -2, circular: Bool = false
  ) throws(KernelError) -> Tensor {
    try requireSameType("TensorScatter", cache, update)
    _ = try ShapeRules.tensorScatter(
      cache.shape, update: update.shape, starts: starts?.shape, axis: axis)
    let axis = try ShapeRules.axis(axis, rank: cache.shape.count)
    let (length, added) = (cache.shape[axis], update.shape[axis])
    var begins = [Int](repeating: 0, count: cache.shape[0])
    if let starts { begins = try integers(starts) }
    if update.count == 0 { return cache }
    let inner = update.shape[(axis + 1)...].reduce(1, *)
    let rowsPerImage = update.shape[1..<axis].reduce(1, *)
    var places: [Int] = []
    for (image, begin) in begins.enumerated() {
      guard begin >= 0, circular || begin <= length - added else {
        throw .invalid("TensorScatter: \(added) elements from \(begin) on, of an axis of \(length)")
      }
      for row in 0..<rowsPerImage {
        for index in 0..<added {
          let place = (begin % length + index) % length
          let first = ((image * rowsPerImage + row) * length + place) * inner
          places += first..<(first + inner)
        }
      }
    }
    return try scattered(update, into: cache, at: places, .none)
  }

  /// For each tuple of `indices` the number of the slice that it names, in a grid of slices.
  private static func sliceStarts(
    _ indices: Tensor, in grid: [Int], name: String
  ) throws(KernelError) -> [Int] {
    let values = try integers(indices)
    let strides = ShapeRules.strides(grid)
    let tuples = indices.shape.dropLast().reduce(1, *)
    var starts: [Int] = []
    for tuple in 0..<tuples {
      var start = 0
      for (axis, dimension) in grid.enumerated() {
        let index = values[tuple * grid.count + axis]
        guard index >= -dimension, index < dimension else {
          throw .invalid("\(name): index \(index) into an axis of \(dimension)")
        }
        start += (index < 0 ? index + dimension : index) * strides[axis]
      }
      starts.append(start)
    }
    return starts
  }

  /// `data` with the elements of `updates` put at `places`, in order.
  private static func scattered(
    _ updates: Tensor, into data: Tensor, at places: [Int], _ reduction: ScatterReduction
  ) throws(KernelError) -> Tensor {
    if reduction == .none {
      var picks = Array(0..<data.count)
      for (index, place) in places.enumerated() { picks[place] = data.count + index }
      return pick(picks, from: [data, updates], shape: data.shape)
    }
    if isFloat(data.elementType) {
      return combined(updates, into: data, at: places, reduction, of: Double.self) {
        switch reduction {
        case .none: $1
        case .add: $0 + $1
        case .mul: $0 * $1
        case .max: larger($0, $1)
        case .min: smaller($0, $1)
        }
      }
    }
    guard data.elementType != .bool, data.elementType != .uint64 else {
      throw .unsupported("Scatter with reduction \(reduction) of \(data.elementType)")
    }
    return combined(updates, into: data, at: places, reduction, of: Int64.self) {
      switch reduction {
      case .none: $1
      case .add: $0 &+ $1
      case .mul: $0 &* $1
      case .max: max($0, $1)
      case .min: min($0, $1)
      }
    }
  }

  /// Computed in `type`, and cast back.
  private static func combined<Element: TensorElement>(
    _ updates: Tensor, into data: Tensor, at places: [Int], _ reduction: ScatterReduction,
    of type: Element.Type, _ combine: (Element, Element) -> Element
  ) -> Tensor {
    var values = cast(data, to: type.elementType).elements(of: type)
    let added = cast(updates, to: type.elementType).elements(of: type)
    for (index, place) in places.enumerated() {
      values[place] = combine(values[place], added[index])
    }
    return cast(Tensor(values, shape: data.shape), to: data.elementType)
  }
}
