extension Reference {
  /// What Unique gives.
  public struct UniqueElements: Sendable {
    /// The different elements, or slices along the axis.
    public let values: Tensor
    /// int64: where each of them occurs first in the input.
    public let firstIndices: Tensor
    /// int64: which of them each element of the input is.
    public let inverseIndices: Tensor
    /// int64: how often each of them occurs.
    public let counts: Tensor
  }

  /// Unique 11: the different elements of `x`, or with `axis` its different slices.
  ///
  /// - Parameter sorted: In ascending order; otherwise in the order of their first occurrence.
  public static func unique(
    _ x: Tensor, axis: Int? = nil, sorted: Bool = true
  ) throws(KernelError) -> UniqueElements {
    let source = axis == nil ? x.reshaped([x.count]) : x
    let axis = try ShapeRules.axis(axis ?? 0, rank: source.shape.count)
    let stored = x.elementType == .bool ? cast(source, to: .uint8) : source
    guard let type = numberType(stored.elementType) else {
      throw .unsupported("Unique of \(x.elementType)")
    }
    let groups = groups(stored, axis: axis, sorted: sorted, of: type)
    let firsts = groups.map { Int64($0[0]) }
    var inverse = [Int64](repeating: 0, count: source.shape[axis])
    for (number, group) in groups.enumerated() {
      for index in group { inverse[index] = Int64(number) }
    }
    let firstIndices = Tensor(firsts, shape: [firsts.count])
    return UniqueElements(
      values: try gather(source, indices: firstIndices, axis: axis), firstIndices: firstIndices,
      inverseIndices: Tensor(inverse, shape: [inverse.count]),
      counts: Tensor(groups.map { Int64($0.count) }, shape: [groups.count]))
  }

  /// The indices along `axis` of equal slices, ascending within a group.
  private static func groups<Element: Comparable & TensorElement>(
    _ x: Tensor, axis: Int, sorted: Bool, of type: Element.Type
  ) -> [[Int]] {
    let values = x.elements(of: type)
    let columns = columns(of: x.shape, axis: axis)
    /// Below zero, zero or above it, as the slice `left` comes before `right`.
    func order(_ left: Int, _ right: Int) -> Int {
      for column in columns {
        let (a, b) = (values[column[left]], values[column[right]])
        if a != b { return a < b ? -1 : 1 }
      }
      return 0
    }
    let ascending = (0..<x.shape[axis]).sorted { left, right in
      let place = order(left, right)
      return place == 0 ? left < right : place < 0
    }
    var groups: [[Int]] = []
    for index in ascending {
      if let last = groups.last, order(last[0], index) == 0 {
        groups[groups.count - 1].append(index)
      } else {
        groups.append([index])
      }
    }
    return sorted ? groups : groups.sorted { $0[0] < $1[0] }
  }
}
