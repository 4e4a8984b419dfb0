extension ShapeRules {
  /// Reshape: `requested` may hold one -1 (what is left) and, without `allowZero`, zeros (the
  /// input's dimension at that place).
  public static func reshape(
    _ shape: [Int], requested: [Int], allowZero: Bool = false
  ) throws(KernelError) -> [Int] {
    let count = try elementCount(shape)
    var result = requested
    var unknown: Int?
    for (axis, dimension) in requested.enumerated() {
      switch dimension {
      case 0 where !allowZero:
        guard axis < shape.count else {
          throw .invalid("Reshape of \(shape) to \(requested): no dimension \(axis) to copy")
        }
        result[axis] = shape[axis]
      case -1:
        guard unknown == nil else { throw .invalid("Reshape to \(requested): more than one -1") }
        unknown = axis
        result[axis] = 1
      case ..<0:
        throw .invalid("Reshape to \(requested): a dimension below -1")
      default: break
      }
    }
    let known = try elementCount(result)
    if let unknown {
      guard known > 0, count.isMultiple(of: known) else {
        throw .invalid("Reshape of \(shape) to \(requested): \(count) elements do not divide")
      }
      result[unknown] = count / known
    } else if known != count {
      throw .invalid("Reshape of \(shape) to \(requested): \(count) elements do not fit")
    }
    return result
  }

  /// Flatten to two dimensions: those before `axis` and the rest. `axis` may equal the rank.
  public static func flatten(_ shape: [Int], axis: Int) throws(KernelError) -> [Int] {
    let rank = shape.count
    guard axis >= -rank, axis <= rank else {
      throw .invalid("Flatten of \(shape): axis \(axis) is not in \(-rank)...\(rank)")
    }
    let split = axis < 0 ? axis + rank : axis
    return [try elementCount(Array(shape[..<split])), try elementCount(Array(shape[split...]))]
  }

  /// Squeeze: without `axes`, drops all dimensions of 1; with them, those, which must be 1.
  public static func squeeze(_ shape: [Int], axes: [Int]?) throws(KernelError) -> [Int] {
    guard let axes else { return shape.filter { $0 != 1 } }
    let dropped = try Self.axes(axes, rank: shape.count)
    for axis in dropped where shape[axis] != 1 {
      throw .invalid("Squeeze of \(shape): axis \(axis) is not of length 1")
    }
    return shape.indices.filter { !dropped.contains($0) }.map { shape[$0] }
  }

  /// Unsqueeze: dimensions of 1 put in so that they are the result's `axes`.
  public static func unsqueeze(_ shape: [Int], axes: [Int]) throws(KernelError) -> [Int] {
    let rank = shape.count + axes.count
    let inserted = try Self.axes(axes, rank: rank)
    var rest = shape.makeIterator()
    return (0..<rank).map { inserted.contains($0) ? 1 : rest.next() ?? 1 }
  }

  /// Transpose: the result's axis `i` is the input's axis `permutation[i]`; nil reverses the axes.
  public static func transpose(_ shape: [Int], permutation: [Int]?) throws(KernelError) -> [Int] {
    try Self.permutation(permutation, rank: shape.count).map { shape[$0] }
  }

  /// Transpose's `perm` for a tensor of `rank` dimensions, checked; nil reverses the axes.
  public static func permutation(_ permutation: [Int]?, rank: Int) throws(KernelError) -> [Int] {
    guard let permutation else { return Array((0..<rank).reversed()) }
    guard permutation.count == rank else {
      throw .invalid("Transpose: permutation \(permutation) for a tensor of rank \(rank)")
    }
    return try axes(permutation, rank: rank)
  }

  /// Shape: the dimensions from `start` up to `end`, both clamped to the rank (opset 15).
  public static func shapeSlice(_ shape: [Int], start: Int = 0, end: Int? = nil) -> [Int] {
    let rank = shape.count
    func clamped(_ axis: Int) -> Int { min(max(axis < 0 ? axis + rank : axis, 0), rank) }
    let (first, last) = (clamped(start), clamped(end ?? rank))
    return first < last ? Array(shape[first..<last]) : []
  }
}
