/// Pad as copies: the input into the middle of the output, and then, axis by axis, what lies beside it.
public struct PadPlan: Sendable {
  /// Shape of the result.
  public let shape: [Int]
  /// The part of the input that is kept.
  let inner: StridedCopy
  /// Copies within the output, in order; none in the constant mode.
  let borders: [StridedCopy]
  /// True where the output is filled first.
  let isConstant: Bool

  /// Most copies that borders may take; each is as wide as its axis.
  private static let mostBorders = 4_096

  /// The plan for a tensor of `input`; parameters as those of
  /// ``Reference/pad(_:pads:axes:mode:value:)``.
  ///
  /// - Throws: ``KernelError/unsupported(_:)`` where an axis is cropped that is padded by its own
  ///   elements, or there are very many borders; ``KernelError/invalid(_:)`` where the pads do not fit.
  public init(
    _ input: [Int], pads: [Int], axes: [Int]? = nil, mode: PadMode
  ) throws(KernelError) {
    shape = try ShapeRules.pad(input, pads: pads, axes: axes)
    let padding = try ShapeRules.padding(pads, axes: axes, rank: input.count)
    let strides = ShapeRules.strides(input)
    let targetStrides = ShapeRules.strides(shape)
    var (source, target) = (0, 0)
    var kept = input
    for (axis, pad) in padding.enumerated() {
      source += max(0, -pad.begin) * strides[axis]
      target += max(0, pad.begin) * targetStrides[axis]
      kept[axis] = max(0, input[axis] + min(0, pad.begin) + min(0, pad.end))
    }
    isConstant = mode == .constant
    let isEmpty = kept.contains(0) || shape.contains(0)
    inner = try StridedCopy(
      dims: isEmpty ? [0] : kept, sourceStrides: isEmpty ? [0] : strides,
      sourceOffset: isEmpty ? 0 : source, destinationStrides: isEmpty ? [0] : targetStrides,
      destinationOffset: isEmpty ? 0 : target)
    var borders: [StridedCopy] = []
    if mode != .constant && !shape.contains(0) {
      let count = padding.reduce(0) { $0 + max(0, $1.begin) + max(0, $1.end) }
      guard padding.allSatisfy({ $0.begin >= 0 && $0.end >= 0 }), count <= Self.mostBorders
      else { throw .unsupported("a parallel Pad by \(pads) in mode \(mode)") }
      // The part of the output that is written already.
      var begins = padding.map(\.begin)
      var extents = input
      for (axis, pad) in padding.enumerated() {
        guard input[axis] > 0, mode != .reflect || max(pad.begin, pad.end) < input[axis] else {
          throw .invalid("Pad in mode \(mode): pads \(pads) of \(input)")
        }
        for place in Self.places(pad, length: input[axis], mode) {
          let offset = zip(begins, targetStrides).reduce(0) { $0 + $1.0 * $1.1 }
          var dims = extents
          dims[axis] = 1
          let row = targetStrides[axis]
          borders.append(
            try StridedCopy(
              dims: dims, sourceStrides: targetStrides, sourceOffset: offset + place.from * row,
              destinationStrides: targetStrides, destinationOffset: offset + place.to * row))
        }
        begins[axis] = 0
        extents[axis] = shape[axis]
      }
    }
    self.borders = borders
  }

  /// For each padded place of an axis, counted from the first element, the element that goes there.
  private static func places(
    _ pad: (begin: Int, end: Int), length: Int, _ mode: PadMode
  ) -> [(from: Int, to: Int)] {
    (Array(-pad.begin..<0) + Array(length..<(length + pad.end))).map { place in
      switch mode {
      case .constant, .edge: (place < 0 ? 0 : length - 1, place)
      case .reflect: (place < 0 ? -place : 2 * (length - 1) - place, place)
      case .wrap: ((place % length + length) % length, place)
      }
    }
  }
}

extension Executor {
  /// Pads as `plan` says: ONNX Pad-21.
  ///
  /// - Parameters:
  ///   - x: Any element type, of the plan's input shape.
  ///   - value: One element of x's type for the constant mode; absent: zero.
  ///   - output: x's type and the plan's shape; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit the plan.
  public func pad(
    _ x: Tensor, plan: PadPlan, value: Tensor? = nil, into output: Tensor
  ) throws(KernelError) {
    try require(output.shape == plan.shape, "Pad to \(plan.shape) into \(output.shape)")
    let filler = value ?? Tensor(x.elementType, shape: [])
    try require(
      filler.elementType == x.elementType && filler.count == 1 && !output.storage.isReadOnly
        && output.elementType == x.elementType,
      "Pad of \(x.elementType) by \(filler.elementType) \(filler.shape)")
    if plan.isConstant { output.fill(with: filler) }
    try copy(plan.inner, from: x, into: output)
    for border in plan.borders { try copy(border, from: output, into: output) }
  }
}
