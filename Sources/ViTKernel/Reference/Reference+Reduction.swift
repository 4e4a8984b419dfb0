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

  /// ArgMax or ArgMin along `axis`, as int64; of equals the first, or the last.
  public static func argReduce(
    _ operation: ArgReduceOperation, _ x: Tensor, axis: Int = 0, keepDims: Bool = true,
    selectLastIndex: Bool = false
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.argReduce(x.shape, axis: axis, keepDims: keepDims)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let runs = try runs(over: [axis], of: x.shape)
    func indices<Element: Comparable & TensorElement>(_ type: Element.Type) -> Tensor {
      let values = x.elements(of: type)
      let results = runs.starts.map { start in
        var best = 0
        for index in runs.within.indices.dropFirst() {
          let (value, champion) = (
            values[start + runs.within[index]], values[start + runs.within[best]]
          )
          let wins = operation == .max ? value > champion : value < champion
          if wins || (selectLastIndex && value == champion) { best = index }
        }
        return Int64(best)
      }
      return Tensor(results, shape: shape)
    }
    switch x.elementType {
    case .float32: return indices(Float.self)
    case .float64: return indices(Double.self)
    case .int8: return indices(Int8.self)
    case .uint8: return indices(UInt8.self)
    case .int16: return indices(Int16.self)
    case .uint16: return indices(UInt16.self)
    case .uint32: return indices(UInt32.self)
    case .uint64: return indices(UInt64.self)
    case .int32: return indices(Int32.self)
    case .int64: return indices(Int64.self)
    default: throw .unsupported("Arg\(operatorName(operation)) of \(x.elementType)")
    }
  }

  /// CumSum along `axis` of float32, float64, int32 or int64.
  ///
  /// - Parameters:
  ///   - exclusive: Leaves an element itself out of its sum.
  ///   - reverse: Sums from the end of the axis.
  public static func cumSum(
    _ x: Tensor, axis: Int, exclusive: Bool = false, reverse: Bool = false
  ) throws(KernelError) -> Tensor {
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let runs = try runs(over: [axis], of: x.shape)
    let order = reverse ? runs.within.reversed() : runs.within
    func scanned<Element>(_ values: [Element], zero: Element, add: (Element, Element) -> Element)
      -> [Element]
    {
      var values = values
      for start in runs.starts {
        var sum = zero
        for offset in order {
          let next = add(sum, values[start + offset])
          values[start + offset] = exclusive ? sum : next
          sum = next
        }
      }
      return values
    }
    switch x.elementType {
    case .float32, .float64:
      return tensor(scanned(doubles(x), zero: 0, add: +), shape: x.shape, as: x.elementType)
    case .int32, .int64:
      let values = cast(x, to: .int64).elements(of: Int64.self)
      let sums = Tensor(scanned(values, zero: 0, add: &+), shape: x.shape)
      return cast(sums, to: x.elementType)
    default: throw .unsupported("CumSum of \(x.elementType)")
    }
  }
}
