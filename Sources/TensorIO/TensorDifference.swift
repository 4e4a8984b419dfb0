import ViTKernel

/// How a tensor differs from the one that was expected.
public enum TensorDifference: Sendable, Equatable {
  /// It has another element type.
  case elementType(actual: ElementType, expected: ElementType)
  /// It has another shape.
  case shape(actual: [Int], expected: [Int])
  /// Some elements lie outside the tolerance.
  case values(Values)

  /// What is known of elements that differ.
  public struct Values: Sendable, Equatable {
    /// How many lie outside the tolerance.
    public let count: Int
    /// Of how many.
    public let total: Int
    /// Row-major index of the element that lies farthest out.
    public let worstIndex: Int
    /// That element.
    public let actual: Double
    /// What was expected there.
    public let expected: Double
  }

  /// The difference of `actual` from `expected`; nil where it is within `tolerance`.
  public static func between(
    _ actual: Tensor, _ expected: Tensor, tolerance: Tolerance
  ) -> TensorDifference? {
    guard actual.elementType == expected.elementType else {
      return .elementType(actual: actual.elementType, expected: expected.elementType)
    }
    guard actual.shape == expected.shape else {
      return .shape(actual: actual.shape, expected: expected.shape)
    }
    if let format = NarrowFloat(actual.elementType) {
      let pair = [actual, expected].map { Reference.cast($0, to: .float32).floats(Float.self) }
      return values(pair[0], pair[1], tolerance.allowing(2 * format.spacing))
    }
    switch actual.elementType {
    case .float32: return values(actual.floats(Float.self), expected.floats(Float.self), tolerance)
    case .float64:
      return values(actual.floats(Double.self), expected.floats(Double.self), tolerance)
    case .int8: return integers(actual, expected, Int8.self)
    case .uint8: return integers(actual, expected, UInt8.self)
    case .int16: return integers(actual, expected, Int16.self)
    case .uint16: return integers(actual, expected, UInt16.self)
    case .uint32: return integers(actual, expected, UInt32.self)
    case .uint64: return integers(actual, expected, UInt64.self)
    case .int32: return integers(actual, expected, Int32.self)
    case .int64: return integers(actual, expected, Int64.self)
    case .bool:
      return worst(actual.elements(of: Bool.self), expected.elements(of: Bool.self)) {
        ($0 ? 1 : 0, $1 ? 1 : 0, $0 == $1)
      }
    default:
      let computed = actual.elementType.computed
      return between(
        Reference.cast(actual, to: computed), Reference.cast(expected, to: computed),
        tolerance: tolerance)
    }
  }

  private static func integers<Element: TensorElement & BinaryInteger>(
    _ actual: Tensor, _ expected: Tensor, _ type: Element.Type
  ) -> TensorDifference? {
    worst(actual.elements(of: type), expected.elements(of: type)) {
      (Double($0), Double($1), $0 == $1)
    }
  }

  private static func values(
    _ actual: [Double], _ expected: [Double], _ tolerance: Tolerance
  ) -> TensorDifference? {
    worst(actual, expected) { ($0, $1, tolerance.accepts($0, $1)) }
  }

  private static func worst<Element>(
    _ actual: [Element], _ expected: [Element],
    _ compare: (Element, Element) -> (actual: Double, expected: Double, isAccepted: Bool)
  ) -> TensorDifference? {
    var count = 0
    var worst = (index: 0, distance: -Double.infinity, actual: 0.0, expected: 0.0)
    for index in actual.indices {
      let pair = compare(actual[index], expected[index])
      if pair.isAccepted { continue }
      count += 1
      let difference = abs(pair.actual - pair.expected)
      let distance = difference.isNaN ? Double.infinity : difference
      if distance > worst.distance { worst = (index, distance, pair.actual, pair.expected) }
    }
    guard count > 0 else { return nil }
    return .values(
      Values(
        count: count, total: actual.count, worstIndex: worst.index, actual: worst.actual,
        expected: worst.expected))
  }
}

extension TensorDifference: CustomStringConvertible {
  /// The difference in words.
  public var description: String {
    switch self {
    case .elementType(let actual, let expected):
      return "element type is \(actual), expected \(expected)"
    case .shape(let actual, let expected): return "shape is \(actual), expected \(expected)"
    case .values(let values):
      return "\(values.count) of \(values.total) elements differ, most at index "
        + "\(values.worstIndex): \(values.actual), expected \(values.expected), off by "
        + "\(abs(values.actual - values.expected))"
    }
  }
}

extension Tensor {
  fileprivate func floats<Element: TensorElement & BinaryFloatingPoint>(
    _ type: Element.Type
  ) -> [Double] {
    elements(of: type).map(Double.init)
  }
}
