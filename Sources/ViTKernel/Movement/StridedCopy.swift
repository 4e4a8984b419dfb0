import CKernels

/// A copy of a grid of elements from one place and order to another.
///
/// Transpose, Slice, Expand, Concat, Split, Tile and Pad are such copies. It is planned once for a
/// shape: dimensions of one element are dropped, and neighbours that both sides run through alike
/// are merged.
public struct StridedCopy: Sendable {
  /// Number of elements that are copied.
  public let count: Int
  let rank: Int
  let dims: InlineArray<8, Int>
  let sourceStrides: InlineArray<8, Int>
  let destinationStrides: InlineArray<8, Int>
  let sourceOffset: Int
  let destinationOffset: Int
  let sourceBounds: Range<Int>
  let destinationBounds: Range<Int>

  /// Copies element `sourceOffset + index . sourceStrides` to
  /// `destinationOffset + index . destinationStrides` for each index within `dims`.
  ///
  /// - Parameters:
  ///   - dims: The grid, in the destination's order: outermost first.
  ///   - sourceStrides: Distances in elements; 0 repeats, negative runs backwards.
  ///   - destinationStrides: Distances in elements; no two indices meet.
  /// - Throws: ``KernelError/unsupported(_:)`` where more than 8 dimensions are left after merging.
  public init(
    dims: [Int], sourceStrides: [Int], sourceOffset: Int = 0, destinationStrides: [Int],
    destinationOffset: Int = 0
  ) throws(KernelError) {
    precondition(dims.count == sourceStrides.count && dims.count == destinationStrides.count)
    var merged: [(dim: Int, source: Int, destination: Int)] = []
    for place in dims.indices where dims[place] != 1 {
      let dim = dims[place]
      if let last = merged.last, last.source == sourceStrides[place] * dim,
        last.destination == destinationStrides[place] * dim
      {
        merged[merged.count - 1] = (
          last.dim * dim, sourceStrides[place], destinationStrides[place]
        )
      } else {
        merged.append((dim, sourceStrides[place], destinationStrides[place]))
      }
    }
    guard merged.count <= Int(VITQ_COPY_MAX_RANK) else {
      throw .unsupported("rearranging \(dims): more than 8 dimensions")
    }
    count = dims.reduce(1, *)
    rank = merged.count
    var grid = InlineArray<8, Int>(repeating: 1)
    var source = InlineArray<8, Int>(repeating: 0)
    var destination = InlineArray<8, Int>(repeating: 0)
    for (place, step) in merged.enumerated() {
      grid[place] = step.dim
      source[place] = step.source
      destination[place] = step.destination
    }
    self.dims = grid
    self.sourceStrides = source
    self.destinationStrides = destination
    self.sourceOffset = sourceOffset
    self.destinationOffset = destinationOffset
    sourceBounds = Self.bounds(sourceOffset, merged.map { ($0.dim, $0.source) })
    destinationBounds = Self.bounds(destinationOffset, merged.map { ($0.dim, $0.destination) })
  }

  /// Transposes: dimension `place` of the result is dimension `permutation[place]` of `shape`.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where `permutation` is none of the dimensions.
  public init(transposing shape: [Int], permutation: [Int]) throws(KernelError) {
    try require(
      permutation.sorted() == Array(shape.indices),
      "\(permutation) is no permutation of the dimensions of \(shape)")
    let strides = ShapeRules.strides(shape)
    let dims = permutation.map { shape[$0] }
    try self.init(
      dims: dims, sourceStrides: permutation.map { strides[$0] },
      destinationStrides: ShapeRules.strides(dims))
  }

  /// Repeats a tensor of `shape` until it has the shape `target`, to which it broadcasts.
  ///
  /// - Throws: ``KernelError`` where it does not, or more than 8 dimensions are left after merging.
  public init(broadcasting shape: [Int], to target: [Int]) throws(KernelError) {
    _ = try ShapeRules.broadcast(shape, to: target)
    let padded = Array(repeating: 1, count: target.count - shape.count) + shape
    try self.init(
      dims: target,
      sourceStrides: zip(padded, ShapeRules.strides(padded)).map { $0 == 1 ? 0 : $1 },
      destinationStrides: ShapeRules.strides(target))
  }

  private static func bounds(_ offset: Int, _ steps: [(dim: Int, stride: Int)]) -> Range<Int> {
    guard steps.allSatisfy({ $0.dim > 0 }) else { return 0..<0 }
    var low = offset
    var high = offset
    for step in steps {
      let reach = (step.dim - 1) * step.stride
      low += min(reach, 0)
      high += max(reach, 0)
    }
    return low..<(high + 1)
  }
}

extension Executor {
  /// Copies elements as `plan` says.
  ///
  /// - Parameters:
  ///   - source: Any element type; read from its first element plus the plan's offset on.
  ///   - destination: The same element type; elements that the plan does not name stay.
  /// - Throws: ``KernelError/invalid(_:)`` where the plan reaches beyond a tensor.
  public func copy(
    _ plan: StridedCopy, from source: Tensor, into destination: Tensor
  ) throws(KernelError) {
    try require(
      source.elementType == destination.elementType,
      "a copy of \(source.elementType) into \(destination.elementType)")
    try require(!destination.storage.isReadOnly, "a copy into read-only memory")
    guard plan.count > 0 else { return }
    try require(
      plan.sourceBounds.lowerBound >= 0 && plan.sourceBounds.upperBound <= source.count
        && plan.destinationBounds.lowerBound >= 0
        && plan.destinationBounds.upperBound <= destination.count,
      "a copy reaches beyond \(source.shape) or \(destination.shape)")
    let size = source.elementType.byteCount
    let arguments = vitq_copy(
      element_size: size, rank: plan.rank, dims: tuple(plan.dims),
      source_strides: tuple(plan.sourceStrides),
      destination_strides: tuple(plan.destinationStrides),
      source: source.bytes.baseAddress.unsafelyUnwrapped + plan.sourceOffset * size,
      destination: destination.mutableBytes.baseAddress.unsafelyUnwrapped
        + plan.destinationOffset * size)
    var grain = 1
    let items = withUnsafePointer(to: arguments) { vitq_copy_items($0, &grain) }
    parallel(items, grain: grain, vitq_copy_task, arguments)
  }

  /// Sets every element of `destination` to `value`.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the value is not of the tensor's type.
  public func fill<Element: TensorElement>(
    _ destination: Tensor, with value: Element
  ) throws(KernelError) {
    try require(
      destination.elementType == Element.elementType && !destination.storage.isReadOnly,
      "\(Element.elementType) into \(destination.elementType)")
    destination.mutableBuffer(of: Element.self).update(repeating: value)
  }
}
