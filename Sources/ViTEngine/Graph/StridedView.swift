import ViTKernel

/// Elements of a tensor that lie at regular distances: what operators that only pick and rearrange
/// make of one.
struct StridedView: Sendable, Equatable {
  /// Dimensions, outermost first.
  private(set) var shape: [Int]
  /// Distance in elements between neighbours along each axis.
  private(set) var strides: [Int]
  /// Elements of the tensor before the first one.
  private(set) var offset = 0

  /// All elements of a tensor of `shape`.
  init(_ shape: [Int]) {
    self.shape = shape
    strides = ShapeRules.strides(shape)
  }

  /// The view with its axes in another order, of which there are as many.
  func transposed(_ permutation: [Int]) -> StridedView {
    var view = self
    view.shape = permutation.map { shape[$0] }
    view.strides = permutation.map { strides[$0] }
    return view
  }

  /// `count` indices of an axis, from `start` on in steps of `step`; the window lies within the axis.
  func sliced(axis: Int, start: Int, step: Int = 1, count: Int) -> StridedView {
    var view = self
    view.offset += start * strides[axis]
    view.strides[axis] *= step
    view.shape[axis] = count
    return view
  }

  /// The view at one index of an axis, without the axis; the index lies within it.
  func picked(axis: Int, index: Int) -> StridedView {
    var view = sliced(axis: axis, start: index, count: 1)
    view.shape.remove(at: axis)
    view.strides.remove(at: axis)
    return view
  }

  /// An axis as two, the first of `count` indices, which divide it.
  func divided(axis: Int, by count: Int) -> StridedView {
    var view = self
    let inner = shape[axis] / count
    view.shape.replaceSubrange(axis...axis, with: [count, inner])
    view.strides.replaceSubrange(axis...axis, with: [inner * strides[axis], strides[axis]])
    return view
  }

  /// The elements under another shape of as many elements; nil where they do not lie at regular
  /// distances in it.
  func reshaped(_ target: [Int]) -> StridedView? {
    guard !shape.contains(0), !target.contains(0) else { return nil }
    // Runs of the view's axes that one stride walks through, from the innermost outwards.
    var runs: [(count: Int, stride: Int)] = []
    for (dim, stride) in zip(shape, strides).reversed() where dim != 1 {
      if let last = runs.last, stride == last.count * last.stride {
        runs[runs.count - 1].count *= dim
      } else {
        runs.append((dim, stride))
      }
    }
    var result = self
    result.shape = target
    result.strides = target.map { _ in 0 }
    // Each new axis takes its length from the innermost run that is left.
    var left = runs.first?.count ?? 1
    for axis in target.indices.reversed() where target[axis] != 1 {
      if left == 1 {
        runs.removeFirst()
        left = runs.first?.count ?? 1
      }
      guard let run = runs.first, left % target[axis] == 0 else { return nil }
      result.strides[axis] = run.stride * (run.count / left)
      left /= target[axis]
    }
    return result
  }
}
