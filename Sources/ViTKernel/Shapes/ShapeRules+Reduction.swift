extension ShapeRules {
  /// A reduction's axes, in ascending order: nil or empty stands for all, or for none with
  /// `noopWithEmptyAxes`.
  public static func reducedAxes(
    _ axes: [Int]?, rank: Int, noopWithEmptyAxes: Bool = false
  ) throws(KernelError) -> [Int] {
    guard let axes, !axes.isEmpty else { return noopWithEmptyAxes ? [] : Array(0..<rank) }
    return try Self.axes(axes, rank: rank).sorted()
  }

  /// ReduceSum and its kin.
  public static func reduce(
    _ shape: [Int], axes: [Int]?, keepDims: Bool = true, noopWithEmptyAxes: Bool = false
  ) throws(KernelError) -> [Int] {
    let axes = try reducedAxes(axes, rank: shape.count, noopWithEmptyAxes: noopWithEmptyAxes)
    if keepDims { return shape.indices.map { axes.contains($0) ? 1 : shape[$0] } }
    return shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
  }

  /// ArgMax and ArgMin: the axis must have elements, unless the result has none.
  public static func argReduce(
    _ shape: [Int], axis: Int, keepDims: Bool = true
  ) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: shape.count)
    let result = try reduce(shape, axes: [axis], keepDims: keepDims)
    if shape[axis] == 0, try elementCount(result) > 0 {
      throw .invalid("ArgMax or ArgMin over the empty axis \(axis) of \(shape)")
    }
    return result
  }

  /// LayerNormalization's Mean and InvStdDev: the input's shape with 1 from `axis` on.
  public static func layerNormalizationStatistics(
    _ shape: [Int], axis: Int
  ) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: shape.count)
    return shape.indices.map { $0 < axis ? shape[$0] : 1 }
  }

  /// Range: the number of elements from `start` towards `limit` in steps of `delta`.
  static func range(start: Int, limit: Int, delta: Int) throws(KernelError) -> [Int] {
    guard delta != 0 else { throw .invalid("Range: delta is 0") }
    guard delta > 0 ? start < limit : start > limit else { return [0] }
    let (distance, overflow) =
      delta > 0
      ? limit.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(limit)
    guard !overflow else { throw .invalid("Range from \(start) to \(limit) is too long") }
    return try checked([Int((UInt(distance) - 1) / delta.magnitude) + 1])
  }
}
