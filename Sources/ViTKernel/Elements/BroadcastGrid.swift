import CKernels

/// How two or three operands of given shapes are broadcast, with neighbouring dimensions merged where
/// all run through them alike.
///
/// Made once for the shapes, so that a run has nothing left to work out.
public struct BroadcastGrid: Sendable {
  /// Shape of the result: ONNX's multidirectional broadcasting.
  public let shape: [Int]
  let shapes: [[Int]]
  private let rank: Int
  private let dims: InlineArray<8, Int>
  private let strides: [InlineArray<8, Int>]

  /// The grid for operands of `shapes`.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the shapes do not broadcast;
  ///   ``KernelError/unsupported(_:)`` where more than 8 dimensions are left after merging.
  public init(_ shapes: [[Int]]) throws(KernelError) {
    let shape = try ShapeRules.broadcast(shapes)
    let padded = shapes.map { [Int](repeating: 1, count: shape.count - $0.count) + $0 }
    let steps = padded.map { shape in
      zip(shape, ShapeRules.strides(shape)).map { $0 == 1 ? 0 : $1 }
    }
    // From the innermost dimension outwards.
    var merged: [(dim: Int, steps: [Int])] = []
    for place in shape.indices.reversed() where shape[place] != 1 {
      let here = steps.map { $0[place] }
      if let last = merged.last, here == last.steps.map({ $0 * last.dim }) {
        merged[merged.count - 1].dim *= shape[place]
      } else {
        merged.append((shape[place], here))
      }
    }
    if merged.isEmpty { merged.append((1, shapes.map { _ in 0 })) }
    guard merged.count <= Int(VITQ_GRID_MAX_RANK) else {
      throw .unsupported("broadcasting of \(shapes): more than 8 dimensions")
    }
    self.shape = shape
    self.shapes = shapes
    rank = merged.count
    var dims = InlineArray<8, Int>(repeating: 1)
    var strides = shapes.map { _ in InlineArray<8, Int>(repeating: 0) }
    for (place, step) in merged.reversed().enumerated() {
      dims[place] = step.dim
      for operand in strides.indices { strides[operand][place] = step.steps[operand] }
    }
    self.dims = dims
    self.strides = strides
  }

  var arguments: vitq_grid {
    let none = InlineArray<8, Int>(repeating: 0)
    return vitq_grid(
      rank: rank, dims: tuple(dims), a_strides: tuple(strides.first ?? none),
      b_strides: tuple(strides.count > 1 ? strides[1] : none),
      c_strides: tuple(strides.count > 2 ? strides[2] : none))
  }

  func require(_ operands: Tensor..., into output: Tensor) throws(KernelError) {
    try ViTKernel.require(
      operands.map(\.shape) == shapes && output.shape == shape && !output.storage.isReadOnly,
      "\(operands.map(\.shape)) into \(output.shape), planned for \(shapes) into \(shape)")
    try ViTKernel.require(operands.allSatisfy(\.isAligned), "an operand is not aligned")
  }
}
