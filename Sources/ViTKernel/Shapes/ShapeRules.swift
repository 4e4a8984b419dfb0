/// The shapes of ONNX's operators' results, from the shapes of their inputs, computing no element.
///
/// The functions carry their operators' names and hold for opsets 11 to 21. Axes may be negative as
/// in ONNX. Whatever ONNX forbids throws ``KernelError/invalid(_:)`` with the figures; dimensions
/// whose product passes ``maximumElementCount`` are refused as well, so no result overflows.
public enum ShapeRules {
  /// Most elements that a tensor may have, a dimension of 0 counted as 1.
  public static let maximumElementCount = 1 << 31

  /// `shape`, if a tensor may have it.
  public static func checked(_ shape: [Int]) throws(KernelError) -> [Int] {
    _ = try elementCount(shape)
    return shape
  }

  /// Number of elements of `shape`: 1 for a scalar.
  public static func elementCount(_ shape: [Int]) throws(KernelError) -> Int {
    var product = 1
    var isEmpty = false
    for dimension in shape {
      guard dimension >= 0 else { throw .invalid("shape \(shape) has a negative dimension") }
      if dimension == 0 {
        isEmpty = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow, next <= maximumElementCount else {
        throw .invalid("shape \(shape) has more than \(maximumElementCount) elements")
      }
      product = next
    }
    return isEmpty ? 0 : product
  }

  /// `axis` counted from the front, for a tensor of `rank` dimensions.
  public static func axis(_ axis: Int, rank: Int) throws(KernelError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw .invalid("axis \(axis) is not in \(-rank)..<\(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// `axes` counted from the front, in the order given; one that is named twice is an error.
  public static func axes(_ axes: [Int], rank: Int) throws(KernelError) -> [Int] {
    var result: [Int] = []
    for axis in axes {
      let normalized = try Self.axis(axis, rank: rank)
      guard !result.contains(normalized) else {
        throw .invalid("axes \(axes) name axis \(normalized) twice")
      }
      result.append(normalized)
    }
    return result
  }

  /// The shape that all `shapes` broadcast to (multidirectional broadcasting, as numpy's).
  public static func broadcast(_ shapes: [[Int]]) throws(KernelError) -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
      for (axis, dimension) in zip((rank - shape.count)..., shape) where dimension != 1 {
        guard result[axis] == 1 || result[axis] == dimension else {
          throw .invalid("shapes \(shapes) do not broadcast")
        }
        result[axis] = dimension
      }
    }
    return try checked(result)
  }

  /// `target`, if `shape` broadcasts to it without changing it (unidirectional broadcasting).
  public static func broadcast(_ shape: [Int], to target: [Int]) throws(KernelError) -> [Int] {
    guard shape.count <= target.count,
      zip(shape.reversed(), target.reversed()).allSatisfy({ $0 == 1 || $0 == $1 })
    else { throw .invalid("shape \(shape) does not broadcast to \(target)") }
    return try checked(target)
  }

  /// Expand: `shape` broadcast with the `requested` shape, in both directions.
  public static func expand(_ shape: [Int], requested: [Int]) throws(KernelError) -> [Int] {
    try broadcast([shape, requested])
  }

  /// Distance in elements between neighbours along each axis of a row-major tensor.
  public static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      // A tensor without elements may have any other dimension; its strides are never used.
      strides[axis] = strides[axis + 1] &* Swift.max(shape[axis + 1], 1)
    }
    return strides
  }

  static func sum(_ terms: Int...) throws(KernelError) -> Int {
    var result = 0
    for term in terms {
      let (next, overflow) = result.addingReportingOverflow(term)
      guard !overflow else { throw .invalid("a sum of dimensions overflows: \(terms)") }
      result = next
    }
    return result
  }

  static func product(_ a: Int, _ b: Int) throws(KernelError) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow else { throw .invalid("the product of \(a) and \(b) overflows") }
    return result
  }
}
