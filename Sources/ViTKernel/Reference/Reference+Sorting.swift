extension Reference {
  /// TopK 24 along `axis`: the `k` largest or smallest elements in order, and their int64 indices.
  /// Of equals, the one with the lower index comes first.
  public static func topK(
    _ x: Tensor, k: Int, axis: Int = -1, largest: Bool = true
  ) throws(KernelError) -> (values: Tensor, indices: Tensor) {
    let shape = try ShapeRules.topK(x.shape, axis: axis, k: k)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    func sorted<Element: Comparable & TensorElement>(_ type: Element.Type) -> (Tensor, Tensor) {
      let values = x.elements(of: type)
      var picks = [Int](repeating: 0, count: shape.reduce(1, *))
      var places = [Int64](repeating: 0, count: picks.count)
      for (source, target) in zip(columns(of: x.shape, axis: axis), columns(of: shape, axis: axis))
      {
        let order = source.indices.sorted { left, right in
          let (a, b) = (values[source[left]], values[source[right]])
          return a == b ? left < right : largest ? a > b : a < b
        }
        for (rank, place) in target.enumerated() {
          places[place] = Int64(order[rank])
          picks[place] = source[order[rank]]
        }
      }
      return (pick(picks, from: [x], shape: shape), Tensor(places, shape: shape))
    }
    guard let type = numberType(x.elementType) else {
      throw .unsupported("TopK of \(x.elementType)")
    }
    return sorted(type)
  }

  /// Hardmax: 1 for the first of the largest elements along `axis`, 0 for the others.
  ///
  /// - Parameter flattened: The operator before opset 13: of all elements from `axis` on.
  public static func hardmax(
    _ x: Tensor, axis: Int = -1, flattened: Bool = false
  ) throws(KernelError) -> Tensor {
    try requireFloat("Hardmax", x)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let runs = try runs(over: flattened ? Array(axis..<x.shape.count) : [axis], of: x.shape)
    let values = doubles(x)
    var result = [Double](repeating: 0, count: x.count)
    for start in runs.starts where !runs.within.isEmpty {
      var best = start + runs.within[0]
      for offset in runs.within where values[start + offset] > values[best] {
        best = start + offset
      }
      result[best] = 1
    }
    return tensor(result, shape: x.shape, as: x.elementType)
  }

  /// NonZero: the indices of the elements that are not zero, as int64 [rank, number].
  public static func nonZero(_ x: Tensor) -> Tensor {
    let isTrue = cast(x, to: .bool).elements(of: Bool.self)
    let found = isTrue.indices.filter { isTrue[$0] }
    let indices = zip(x.shape, ShapeRules.strides(x.shape)).flatMap { dimension, stride in
      found.map { Int64($0 / stride % dimension) }
    }
    return Tensor(indices, shape: [x.shape.count, found.count])
  }

  /// Compress: the slices along `axis` for which `condition` holds; without an axis, elements.
  ///
  /// - Parameter condition: bool, one dimension; what it has no element for is left out.
  public static func compress(
    _ x: Tensor, condition: Tensor, axis: Int? = nil
  ) throws(KernelError) -> Tensor {
    let source = axis == nil ? x.reshaped([x.count]) : x
    let axis = try ShapeRules.axis(axis ?? 0, rank: source.shape.count)
    guard condition.elementType == .bool, condition.shape.count == 1,
      condition.count <= source.shape[axis]
    else {
      throw .invalid(
        "Compress of \(source.shape) along \(axis): a condition of \(condition.elementType) "
          + "\(condition.shape)")
    }
    let kept = nonZero(condition)
    return try gather(source, indices: kept.reshaped([kept.count]), axis: axis)
  }
}

extension Reference {
  /// The offsets of the elements along `axis`, for each place of the other axes.
  static func columns(of shape: [Int], axis: Int) -> [[Int]] {
    if shape.contains(0) { return [] }
    let stride = ShapeRules.strides(shape)[axis]
    let block = stride * shape[axis]
    let outer = shape[..<axis].reduce(1, *)
    return (0..<outer).flatMap { row in
      (0..<stride).map { column in
        (0..<shape[axis]).map { row * block + column + $0 * stride }
      }
    }
  }

  /// The Swift type of numbers of `type`; nil for bool and for what is only stored.
  static func numberType(
    _ type: ElementType
  ) -> (any (Comparable & Numeric & TensorElement).Type)? {
    switch type {
    case .float32: Float.self
    case .float64: Double.self
    case .int8: Int8.self
    case .uint8: UInt8.self
    case .int16: Int16.self
    case .uint16: UInt16.self
    case .int32: Int32.self
    case .uint32: UInt32.self
    case .int64: Int64.self
    case .uint64: UInt64.self
    default: nil
    }
  }

  /// The Swift type of integers of `type`; nil for other types.
  static func integerType(_ type: ElementType) -> (any (FixedWidthInteger & TensorElement).Type)? {
    switch type {
    case .int8: Int8.self
    case .uint8: UInt8.self
    case .int16: Int16.self
    case .uint16: UInt16.self
    case .int32: Int32.self
    case .uint32: UInt32.self
    case .int64: Int64.self
    case .uint64: UInt64.self
    default: nil
    }
  }
}
