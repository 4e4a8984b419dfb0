/// Elements of a tensor that lie at regular distances: what operators that only pick and rearrange
/// make of one.
struct StridedView: Sendable, Equatable {
  /// Elements at one distance from each other.
  private struct Run: Equatable {
    var count: Int
    var stride: Int
  }

  /// For each axis, outermost first, runs of runs: two where axes that do not follow each other in
  /// memory were joined, none where the axis is 1 long.
  private var axes: [[Run]]
  /// Elements of the tensor before the first one.
  private(set) var offset = 0

  /// All elements of a tensor of `shape`.
  init(_ shape: [Int]) {
    axes = []
    var stride = 1
    for count in shape.reversed() {
      axes.insert(count == 1 ? [] : [Run(count: count, stride: stride)], at: 0)
      stride *= max(count, 1)
    }
  }

  /// Dimensions, outermost first.
  var shape: [Int] { axes.map { $0.reduce(1) { $0 * $1.count } } }

  /// Distance in elements between neighbours along an axis, 0 where it is 1 long; nil where it varies.
  func stride(_ axis: Int) -> Int? {
    axes[axis].count > 1 ? nil : axes[axis].first?.stride ?? 0
  }

  /// The view with its axes in another order, of which there are as many.
  func transposed(_ permutation: [Int]) -> StridedView {
    var view = self
    view.axes = permutation.map { axes[$0] }
    return view
  }

  /// `count` indices of an axis, from `start` on in steps of `step`; the window lies within the axis.
  /// Nil where its elements lie at several distances.
  func sliced(axis: Int, start: Int, step: Int = 1, count: Int) -> StridedView? {
    guard let stride = stride(axis) else { return nil }
    var view = self
    view.offset += start * stride
    view.axes[axis] = count == 1 ? [] : [Run(count: count, stride: stride * step)]
    return view
  }

  /// An axis as two, the first of `count` indices, which divide it; nil where that cuts a run.
  func divided(axis: Int, by count: Int) -> StridedView? {
    let inner = shape[axis] / max(count, 1)
    return reshaped(Array(shape[..<axis]) + [count, inner] + shape[(axis + 1)...])
  }

  /// The elements under another shape of as many elements; nil where an axis would cut a run.
  func reshaped(_ target: [Int]) -> StridedView? {
    if shape.contains(0) { return target.contains(0) ? StridedView(target) : nil }
    guard !target.contains(0) else { return nil }
    var left = Self.joined(axes.flatMap(\.self))
    var view = self
    view.axes = []
    for length in target {
      var runs: [Run] = []
      var need = length
      while need > 1 {
        guard let run = left.first else { return nil }
        if need % run.count == 0 {
          runs.append(run)
          need /= run.count
          left.removeFirst()
        } else {
          guard run.count % need == 0 else { return nil }
          let inner = run.count / need
          runs.append(Run(count: need, stride: run.stride * inner))
          left[0].count = inner
          need = 1
        }
      }
      view.axes.append(Self.joined(runs))
    }
    return left.isEmpty ? view : nil
  }

  /// The same runs, those that follow each other in memory made one.
  private static func joined(_ runs: [Run]) -> [Run] {
    var result: [Run] = []
    for run in runs {
      if let last = result.last, last.stride == run.count * run.stride {
        result[result.count - 1] = Run(count: last.count * run.count, stride: run.stride)
      } else {
        result.append(run)
      }
    }
    return result
  }
}
