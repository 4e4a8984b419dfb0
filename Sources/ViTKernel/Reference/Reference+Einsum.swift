extension Reference {
  /// Einsum 28: products of one element of each operand, summed over the dimensions that the result
  /// does not name.
  ///
  /// - Parameter inputs: Of one type: floats, or integers, which wrap.
  public static func einsum(
    _ equation: EinsumEquation, _ inputs: [Tensor]
  ) throws(KernelError) -> Tensor {
    guard let first = inputs.first else { throw .invalid("Einsum of no operands") }
    for input in inputs { try requireSameType("Einsum", first, input) }
    let plan = try EinsumPlan(equation, shapes: inputs.map(\.shape))
    guard let points = try? ShapeRules.elementCount(plan.extents) else {
      throw .unsupported("an Einsum of more than \(ShapeRules.maximumElementCount) products")
    }
    let results = plan.shape.reduce(1, *)
    if isFloat(first.elementType) {
      let sums = summed(plan, inputs.map(doubles), points, results, zero: 0.0) {
        $0 += $1
      } times: {
        $0 * $1
      }
      return tensor(sums, shape: plan.shape, as: first.elementType)
    }
    guard first.elementType != .bool else { throw .unsupported("Einsum of bool") }
    let values = inputs.map { cast($0, to: .int64).elements(of: Int64.self) }
    let sums = summed(plan, values, points, results, zero: 0) {
      $0 &+= $1
    } times: {
      $0 &* $1
    }
    return cast(Tensor(sums, shape: plan.shape), to: first.elementType)
  }

  /// The sums for all places of the result: the grid's points, of which those that belong to one
  /// sum follow each other.
  private static func summed<Element>(
    _ plan: EinsumPlan, _ operands: [[Element]], _ points: Int, _ results: Int, zero: Element,
    add: (inout Element, Element) -> Void, times: (Element, Element) -> Element
  ) -> [Element] {
    var sums = [Element](repeating: zero, count: results)
    guard points > 0 else { return sums }
    let terms = points / results
    for point in 0..<points {
      var offsets = [Int](repeating: 0, count: operands.count)
      var rest = point
      for label in plan.labels.indices.reversed() {
        let step = rest % plan.extents[label]
        rest /= plan.extents[label]
        for operand in offsets.indices { offsets[operand] += step * plan.strides[operand][label] }
      }
      var product = operands[0][offsets[0]]
      for operand in offsets.indices.dropFirst() {
        product = times(product, operands[operand][offsets[operand]])
      }
      add(&sums[point / terms], product)
    }
    return sums
  }
}
