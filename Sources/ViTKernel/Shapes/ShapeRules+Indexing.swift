/// Shapes of the operators that choose, scatter or sort elements.
extension ShapeRules {
  /// GatherND: the shape of the index tuples, and that of the slices which they choose.
  public static func gatherND(
    _ data: [Int], indices: [Int], batchDims: Int
  ) throws(KernelError) -> [Int] {
    guard let length = indices.last, batchDims >= 0, batchDims < min(indices.count, data.count),
      length >= 1, length <= data.count - batchDims,
      data[..<batchDims] == indices[..<batchDims]
    else {
      throw .invalid("GatherND: indices of shape \(indices) into \(data), batch_dims \(batchDims)")
    }
    return try checked(Array(indices.dropLast()) + data[(batchDims + length)...])
  }

  /// ScatterElements: `data`'s shape. The updates have the indices' shape, which lies within it but
  /// for `axis`.
  public static func scatterElements(
    _ data: [Int], indices: [Int], updates: [Int], axis: Int
  ) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: data.count)
    guard indices == updates, indices.count == data.count,
      indices.indices.allSatisfy({ $0 == axis || indices[$0] <= data[$0] })
    else {
      throw .invalid(
        "ScatterElements: indices of shape \(indices) and updates \(updates) into \(data)")
    }
    return data
  }

  /// ScatterND: `data`'s shape. The updates are a slice of it for each index tuple.
  public static func scatterND(
    _ data: [Int], indices: [Int], updates: [Int]
  ) throws(KernelError) -> [Int] {
    guard let length = indices.last, length <= data.count,
      updates == Array(indices.dropLast()) + data[length...]
    else {
      throw .invalid("ScatterND: indices of shape \(indices) and updates \(updates) into \(data)")
    }
    return data
  }

  /// TopK: `shape` with `k` elements along `axis`.
  public static func topK(_ shape: [Int], axis: Int, k: Int) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: shape.count)
    guard (0...shape[axis]).contains(k) else {
      throw .invalid("TopK: \(k) elements of axis \(axis) of \(shape)")
    }
    var result = shape
    result[axis] = k
    return result
  }

  /// OneHot: `indices`' shape with an axis of `depth` put in so that it is the result's `axis`.
  public static func oneHot(
    _ indices: [Int], depth: Int, axis: Int
  ) throws(KernelError) -> [Int] {
    let place = try Self.axis(axis, rank: indices.count + 1)
    guard depth >= 0 else { throw .invalid("OneHot: depth \(depth)") }
    var result = indices
    result.insert(depth, at: place)
    return try checked(result)
  }

  /// EyeLike: `shape`, which is a matrix's.
  public static func eyeLike(_ shape: [Int]) throws(KernelError) -> [Int] {
    guard shape.count == 2 else { throw .invalid("EyeLike of shape \(shape)") }
    return shape
  }

  /// Trilu: `shape`, whose last two dimensions are matrices.
  public static func trilu(_ shape: [Int]) throws(KernelError) -> [Int] {
    guard shape.count >= 2 else { throw .invalid("Trilu of shape \(shape)") }
    return shape
  }

  /// Det: the batch of the square matrices.
  public static func determinant(_ shape: [Int]) throws(KernelError) -> [Int] {
    guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2] else {
      throw .invalid("Det of shape \(shape): no square matrices")
    }
    return Array(shape.dropLast(2))
  }

  /// ReverseSequence: `shape`, of which the first two dimensions are time and batch.
  public static func reverseSequence(
    _ shape: [Int], lengths: [Int], batchAxis: Int, timeAxis: Int
  ) throws(KernelError) -> [Int] {
    guard shape.count >= 2, [[0, 1], [1, 0]].contains([batchAxis, timeAxis]),
      lengths == [shape[batchAxis]]
    else {
      throw .invalid(
        "ReverseSequence of \(shape): lengths of shape \(lengths), batch_axis \(batchAxis), "
          + "time_axis \(timeAxis)")
    }
    return shape
  }

  /// TensorScatter: the cache's shape, which the update has but for a shorter `axis`.
  public static func tensorScatter(
    _ cache: [Int], update: [Int], starts: [Int]?, axis: Int
  ) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: cache.count)
    guard axis > 0, update.count == cache.count,
      cache.indices.allSatisfy({
        $0 == axis ? update[$0] <= cache[$0] : update[$0] == cache[$0]
      }), starts.map({ $0 == [cache[0]] }) ?? true
    else {
      throw .invalid("TensorScatter: an update of shape \(update) into \(cache) along \(axis)")
    }
    return cache
  }

  /// A loss of scores [batch, classes, ...] and targets [batch, ...]: the targets' shape, or a
  /// scalar.
  public static func loss(
    _ scores: [Int], targets: [Int], weights: [Int]?, reduction: LossReduction
  ) throws(KernelError) -> [Int] {
    guard scores.count >= 2, targets == [scores[0]] + scores[2...],
      weights.map({ $0 == [scores[1]] }) ?? true
    else {
      throw .invalid(
        "a loss of scores \(scores) and targets \(targets)"
          + (weights.map { " with weights \($0)" } ?? ""))
    }
    return reduction == .none ? targets : []
  }
}
