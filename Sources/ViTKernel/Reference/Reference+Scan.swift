extension Reference {
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
    guard let type = numberType(x.elementType) else {
      throw .unsupported("Arg\(operatorName(operation)) of \(x.elementType)")
    }
    return indices(type)
  }

  /// CumSum or CumProd along `axis`, of floats and of integers of 32 and 64 bits, which wrap.
  ///
  /// - Parameters:
  ///   - exclusive: Leaves an element itself out of its result.
  ///   - reverse: Goes from the end of the axis.
  public static func scan(
    _ operation: ScanOperation, _ x: Tensor, axis: Int, exclusive: Bool = false,
    reverse: Bool = false
  ) throws(KernelError) -> Tensor {
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    let runs = try runs(over: [axis], of: x.shape)
    let order = reverse ? runs.within.reversed() : runs.within
    func scanned<Element>(
      _ values: [Element], from first: Element, _ step: (Element, Element) -> Element
    )
      -> [Element]
    {
      var values = values
      for start in runs.starts {
        var result = first
        for offset in order {
          let next = step(result, values[start + offset])
          values[start + offset] = exclusive ? result : next
          result = next
        }
      }
      return values
    }
    switch x.elementType {
    case .float32, .float64:
      let values =
        operation == .sum ? scanned(doubles(x), from: 0, +) : scanned(doubles(x), from: 1, *)
      return tensor(values, shape: x.shape, as: x.elementType)
    case .int32, .int64, .uint32, .uint64:
      // In 64 bits, of which the low ones are those of a narrower result.
      let values = cast(x, to: .int64).elements(of: Int64.self)
      let results =
        operation == .sum ? scanned(values, from: 0, &+) : scanned(values, from: 1, &*)
      return cast(Tensor(results, shape: x.shape), to: x.elementType)
    default: throw .unsupported("a cumulative \(operation) of \(x.elementType)")
    }
  }
}
