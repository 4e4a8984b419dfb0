#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// A reduction over `axes`; see ``ShapeRules/reducedAxes(_:rank:noopWithEmptyAxes:)``.
  ///
  /// Takes floats and integers of 32 and 64 bits; Max and Min also int8, uint8 and bool. Of no elements
  /// the sum is 0, the product 1, the maximum the least value of the type, and the mean 0 as in
  /// ONNX Runtime. Roots and logarithms of integers are truncated towards zero; what is beyond the
  /// type becomes its nearest value, and NaN its least, as there.
  public static func reduce(
    _ operation: ReduceOperation, _ x: Tensor, axes: [Int]? = nil, keepDims: Bool = true,
    noopWithEmptyAxes: Bool = false
  ) throws(KernelError) -> Tensor {
    let rank = x.shape.count
    let axes = try ShapeRules.reducedAxes(axes, rank: rank, noopWithEmptyAxes: noopWithEmptyAxes)
    // Over no axis each element is a run of its own, of which the others take a root, a logarithm...
    let isSelection: Set<ReduceOperation> = [.sum, .mean, .max, .min, .prod]
    if axes.isEmpty && noopWithEmptyAxes && isSelection.contains(operation) { return x }
    let shape = try ShapeRules.checked(
      ShapeRules.reduce(x.shape, axes: axes, keepDims: keepDims, noopWithEmptyAxes: true))
    let runs = try runs(over: axes, of: x.shape)
    switch x.elementType {
    case .float32, .float64:
      let values = doubles(x)
      let results = runs.starts.map { start in
        reduced(operation, runs.within.map { values[start + $0] })
      }
      return tensor(results, shape: shape, as: x.elementType)
    case .int32: return try integers(operation, x, runs, shape, of: Int32.self)
    case .int64: return try integers(operation, x, runs, shape, of: Int64.self)
    case .uint32: return try integers(operation, x, runs, shape, of: UInt32.self)
    case .uint64: return try integers(operation, x, runs, shape, of: UInt64.self)
    case .int8 where operation == .max || operation == .min:
      return try integers(operation, x, runs, shape, of: Int8.self)
    case .uint8 where operation == .max || operation == .min:
      return try integers(operation, x, runs, shape, of: UInt8.self)
    case .bool where operation == .max || operation == .min:
      let values = x.elements(of: Bool.self)
      let results = runs.starts.map { start in
        operation == .max
          ? runs.within.contains { values[start + $0] }
          : runs.within.allSatisfy { values[start + $0] }
      }
      return Tensor(results, shape: shape)
    default:
      throw .unsupported("Reduce\(operatorName(operation)) of \(x.elementType)")
    }
  }

  private static func reduced(_ operation: ReduceOperation, _ values: [Double]) -> Double {
    switch operation {
    case .sum: return values.reduce(0, +)
    case .mean: return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    case .max: return values.reduce(-.infinity, larger)
    case .min: return values.reduce(.infinity, smaller)
    case .prod: return values.reduce(1, *)
    case .l1: return values.reduce(0) { $0 + $1.magnitude }
    case .l2: return values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .sumSquare: return values.reduce(0) { $0 + $1 * $1 }
    case .logSum: return log(values.reduce(0, +))
    case .logSumExp:
      let largest = values.reduce(-.infinity, larger)
      guard largest.isFinite else { return largest }
      return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
    }
  }

  private static func integers<Element: FixedWidthInteger & TensorElement>(
    _ operation: ReduceOperation, _ x: Tensor, _ runs: (starts: [Int], within: [Int]),
    _ shape: [Int], of type: Element.Type
  ) throws(KernelError) -> Tensor {
    let fold: ([Element]) -> Element
    switch operation {
    case .sum: fold = { $0.reduce(0, &+) }
    case .mean:
      fold = { run in
        let sum = run.reduce(Int64(0)) { $0 &+ Int64(truncatingIfNeeded: $1) }
        return run.isEmpty ? 0 : Element(truncatingIfNeeded: sum / Int64(run.count))
      }
    case .max: fold = { $0.max() ?? .min }
    case .min: fold = { $0.min() ?? .max }
    case .prod: fold = { $0.reduce(1, &*) }
    case .l1: fold = { $0.reduce(0) { $1 < 0 ? $0 &- $1 : $0 &+ $1 } }
    case .sumSquare: fold = { $0.reduce(0) { $0 &+ $1 &* $1 } }
    case .l2, .logSum, .logSumExp:
      fold = { run in clamping(reduced(operation, run.map { Double($0) })) }
    }
    let values = x.elements(of: type)
    let results = runs.starts.map { start in fold(runs.within.map { values[start + $0] }) }
    return Tensor(results, shape: shape)
  }

  /// `value` truncated towards zero; the nearest end where it is out of range, the least for NaN.
  private static func clamping<Element: FixedWidthInteger>(_ value: Double) -> Element {
    guard !value.isNaN else { return .min }
    return Element(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}
