extension Reference {
  /// Det: the determinant of each matrix of [..., n, n].
  public static func determinant(_ x: Tensor) throws(KernelError) -> Tensor {
    try requireFloat("Det", x)
    let shape = try ShapeRules.determinant(x.shape)
    let size = x.shape[x.shape.count - 1]
    let values = doubles(x)
    let results = (0..<shape.reduce(1, *)).map { matrix in
      determinant(Array(values[(matrix * size * size)..<((matrix + 1) * size * size)]), size: size)
    }
    return tensor(results, shape: shape, as: x.elementType)
  }

  /// By elimination with the largest pivot of each column.
  private static func determinant(_ matrix: [Double], size: Int) -> Double {
    var rows = (0..<size).map { Array(matrix[($0 * size)..<(($0 + 1) * size)]) }
    var result = 1.0
    for column in 0..<size {
      let candidates = column..<size
      guard
        let pivot = candidates.max(by: {
          rows[$0][column].magnitude < rows[$1][column].magnitude
        })
      else { break }
      if pivot != column {
        rows.swapAt(pivot, column)
        result = -result
      }
      let head = rows[column][column]
      result *= head
      if head == 0 { return result }
      for row in candidates.dropFirst() {
        let factor = rows[row][column] / head
        for place in candidates { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return result
  }

  /// EyeLike: zeros of `x`'s shape with ones on a diagonal, `diagonal` places right of the main one.
  public static func eyeLike(
    _ x: Tensor, type: ElementType, diagonal: Int = 0
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.eyeLike(x.shape)
    let (rows, columns) = (shape[0], shape[1])
    var values = [Int64](repeating: 0, count: rows * columns)
    // No further than the matrix, so that no extreme diagonal overflows.
    let shift = clamped(diagonal, from: -rows, to: columns)
    for row in 0..<rows where (0..<columns).contains(row + shift) {
      values[row * columns + row + shift] = 1
    }
    return cast(Tensor(values, shape: shape), to: type)
  }

  /// OneHot: `values[1]` at the index along a new axis of `depth`, `values[0]` elsewhere.
  ///
  /// - Parameters:
  ///   - indices: Of any number type, truncated; one outside `-depth..<depth` is nowhere.
  ///   - values: Two elements: off and on.
  ///   - axis: Where the new axis is in the result.
  public static func oneHot(
    _ indices: Tensor, depth: Int, values: Tensor, axis: Int = -1
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.oneHot(indices.shape, depth: depth, axis: axis)
    guard values.shape == [2] else { throw .invalid("OneHot: values of shape \(values.shape)") }
    let axis = try ShapeRules.axis(axis, rank: shape.count)
    let inner = indices.shape[axis...].reduce(1, *)
    var picks = [Int](repeating: 0, count: shape.reduce(1, *))
    for (place, index) in cast(indices, to: .int64).elements(of: Int64.self).enumerated() {
      guard index >= -Int64(depth), index < Int64(depth) else { continue }
      let hot = index < 0 ? Int(index) + depth : Int(index)
      picks[(place / inner * depth + hot) * inner + place % inner] = 1
    }
    return pick(picks, from: [values], shape: shape)
  }

  /// ReverseSequence: the first `lengths` elements along the time axis in reverse, for each batch.
  ///
  /// - Parameter lengths: int64 [batch], between 0 and the length of the time axis.
  public static func reverseSequence(
    _ x: Tensor, lengths: Tensor, batchAxis: Int = 1, timeAxis: Int = 0
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.reverseSequence(
      x.shape, lengths: lengths.shape, batchAxis: batchAxis, timeAxis: timeAxis)
    let limits = try integers(lengths)
    for limit in limits where limit < 0 || limit > shape[timeAxis] {
      throw .invalid("ReverseSequence: \(limit) of \(shape[timeAxis]) elements")
    }
    let inner = shape[2...].reduce(1, *)
    let picks = (0..<(shape[0] * shape[1])).flatMap { row in
      var index = [row / shape[1], row % shape[1]]
      let limit = limits[index[batchAxis]]
      if index[timeAxis] < limit { index[timeAxis] = limit - 1 - index[timeAxis] }
      let first = (index[0] * shape[1] + index[1]) * inner
      return first..<(first + inner)
    }
    return pick(picks, from: [x], shape: shape)
  }
}
