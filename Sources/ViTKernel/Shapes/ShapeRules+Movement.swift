/// How Slice walks its input: along each axis `shape[i]` elements from `starts[i]` in `steps[i]`.
public struct SliceWindow: Sendable, Hashable {
  /// First index along each axis, within the input unless the result is empty.
  public var starts: [Int]
  /// Distance between indices along each axis; never 0.
  public var steps: [Int]
  /// Shape of the result.
  public var shape: [Int]
}

/// How Split divides the axis.
public enum SplitRule: Sendable, Hashable {
  /// The lengths are given (attribute or input `split`).
  case lengths([Int])
  /// Equal parts, one for each output, which must divide the axis (up to opset 17).
  case equal(outputs: Int)
  /// Equal parts of which the last may be shorter (`num_outputs`, opset 18).
  case chunks(outputs: Int)
}

extension ShapeRules {
  /// Slice's shape and where it reads. Out-of-range starts and ends are clamped as ONNX says.
  ///
  /// `axes` nil: the first axes, as many as there are `starts`. `steps` nil: all 1.
  public static func slice(
    _ shape: [Int], starts: [Int], ends: [Int], axes: [Int]? = nil, steps: [Int]? = nil
  ) throws(KernelError) -> SliceWindow {
    let axes = try Self.axes(axes ?? Array(starts.indices), rank: shape.count)
    let steps = steps ?? starts.map { _ in 1 }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count
    else {
      throw .invalid(
        "Slice: \(starts.count) starts, \(ends.count) ends, \(axes.count) axes, "
          + "\(steps.count) steps")
    }
    var window = SliceWindow(
      starts: shape.map { _ in 0 }, steps: shape.map { _ in 1 }, shape: shape)
    for (index, axis) in axes.enumerated() {
      let (step, dimension) = (steps[index], shape[axis])
      guard step != 0 else { throw .invalid("Slice: the step of axis \(axis) is 0") }
      let range = step > 0 ? 0...dimension : -1...(dimension - 1)
      func clamped(_ position: Int) -> Int {
        let position = position < 0 ? position + dimension : position
        return Swift.min(Swift.max(position, range.lowerBound), range.upperBound)
      }
      let start = step > 0 ? clamped(starts[index]) : Swift.max(clamped(starts[index]), 0)
      let end = clamped(ends[index])
      let distance = step > 0 ? end - start : start - end
      let count =
        distance <= 0 || dimension == 0 ? 0 : Int(UInt(distance - 1) / step.magnitude) + 1
      window.shape[axis] = count
      window.starts[axis] = count == 0 ? 0 : start
      // With one element the step is never taken, and an extreme one would overflow a stride.
      window.steps[axis] = count <= 1 ? 1 : step
    }
    return window
  }

  /// Concat: the shapes are equal but for `axis`, along which they add up.
  public static func concat(_ shapes: [[Int]], axis: Int) throws(KernelError) -> [Int] {
    guard var result = shapes.first else { throw .invalid("Concat of no inputs") }
    let axis = try Self.axis(axis, rank: result.count)
    for shape in shapes.dropFirst() {
      guard shape.count == result.count,
        shape.indices.allSatisfy({ $0 == axis || shape[$0] == result[$0] })
      else { throw .invalid("Concat of shapes \(shapes) along axis \(axis)") }
      result[axis] = try sum(result[axis], shape[axis])
    }
    return try checked(result)
  }

  /// Split: the shapes of all parts.
  public static func split(
    _ shape: [Int], axis: Int, rule: SplitRule
  ) throws(KernelError) -> [[Int]] {
    let axis = try Self.axis(axis, rank: shape.count)
    return try splitLengths(shape[axis], rule: rule).map { length in
      var part = shape
      part[axis] = length
      return part
    }
  }

  /// Bounds what a hostile `num_outputs` over an empty axis would make us allocate.
  private static let maximumSplit = 1 << 16

  private static func splitLengths(
    _ dimension: Int, rule: SplitRule
  ) throws(KernelError) -> [Int] {
    switch rule {
    case .lengths(let lengths):
      var total = 0
      for length in lengths {
        guard length >= 0 else { throw .invalid("Split: length \(length) is negative") }
        total = try sum(total, length)
      }
      guard total == dimension else {
        throw .invalid("Split: lengths \(lengths) do not add up to the axis' \(dimension)")
      }
      return lengths
    case .equal(let outputs):
      guard (1...maximumSplit).contains(outputs), dimension.isMultiple(of: outputs) else {
        throw .invalid("Split: an axis of \(dimension) into \(outputs) equal parts")
      }
      return [Int](repeating: dimension / outputs, count: outputs)
    case .chunks(let outputs):
      guard (1...maximumSplit).contains(outputs) else {
        throw .invalid("Split: num_outputs \(outputs)")
      }
      let length = dimension / outputs + (dimension.isMultiple(of: outputs) ? 0 : 1)
      let (others, overflow) = length.multipliedReportingOverflow(by: outputs - 1)
      guard !overflow, others <= dimension else {
        throw .invalid("Split: an axis of \(dimension) has no \(outputs) parts of \(length)")
      }
      return [Int](repeating: length, count: outputs - 1) + [dimension - others]
    }
  }

  /// Gather: `data`'s shape with `axis` replaced by the shape of the indices.
  public static func gather(
    _ data: [Int], indices: [Int], axis: Int
  ) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: data.count)
    return try checked(data[..<axis] + indices + data[(axis + 1)...])
  }

  /// GatherElements: the shape of the indices, which off `axis` lie within `data`'s.
  public static func gatherElements(
    _ data: [Int], indices: [Int], axis: Int
  ) throws(KernelError) -> [Int] {
    let axis = try Self.axis(axis, rank: data.count)
    guard indices.count == data.count,
      indices.indices.allSatisfy({ $0 == axis || indices[$0] <= data[$0] })
    else { throw .invalid("GatherElements: indices of shape \(indices) into \(data)") }
    return try checked(indices)
  }

  /// Tile: each dimension times its repeat count.
  public static func tile(_ shape: [Int], repeats: [Int]) throws(KernelError) -> [Int] {
    guard repeats.count == shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
      throw .invalid("Tile of \(shape): repeats \(repeats)")
    }
    var result: [Int] = []
    for (dimension, count) in zip(shape, repeats) { result.append(try product(dimension, count)) }
    return try checked(result)
  }

  /// Pad: `pads` are the begins of `axes` (nil: of all axes), then their ends; negative ones crop.
  public static func pad(
    _ shape: [Int], pads: [Int], axes: [Int]? = nil
  ) throws(KernelError) -> [Int] {
    var result = shape
    for (axis, pad) in try padding(pads, axes: axes, rank: shape.count).enumerated() {
      result[axis] = try sum(shape[axis], pad.begin, pad.end)
      guard result[axis] >= 0 else { throw .invalid("Pad of \(shape): pads \(pads) crop too much") }
    }
    return try checked(result)
  }

  /// Pad's begin and end for every axis of a tensor of `rank` dimensions.
  static func padding(
    _ pads: [Int], axes: [Int]?, rank: Int
  ) throws(KernelError) -> [(begin: Int, end: Int)] {
    let axes = try Self.axes(axes ?? Array(0..<rank), rank: rank)
    guard pads.count == 2 * axes.count,
      pads.allSatisfy({ $0.magnitude <= maximumElementCount.magnitude })
    else { throw .invalid("Pad: pads \(pads) for \(axes.count) axes") }
    var result = [(begin: Int, end: Int)](repeating: (0, 0), count: rank)
    for (index, axis) in axes.enumerated() {
      result[axis] = (pads[index], pads[index + axes.count])
    }
    return result
  }
}
