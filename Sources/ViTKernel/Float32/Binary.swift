import CKernels

/// How two operands of given shapes are broadcast, with neighbouring dimensions merged where both
/// run through them alike.
///
/// Made once for a pair of shapes, so that a run has nothing left to work out.
public struct BroadcastPlan: Sendable {
  /// Shape of the result: ONNX's multidirectional broadcasting.
  public let shape: [Int]
  let aShape: [Int]
  let bShape: [Int]
  let rank: Int
  let dims: InlineArray<8, Int>
  let aStrides: InlineArray<8, Int>
  let bStrides: InlineArray<8, Int>

  /// The plan for operands of shapes `a` and `b`.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the shapes do not broadcast;
  ///   ``KernelError/unsupported(_:)`` where more than 8 dimensions are left after merging.
  public init(_ a: [Int], _ b: [Int]) throws(KernelError) {
    aShape = a
    bShape = b
    let rank = max(a.count, b.count)
    var merged: [(dim: Int, a: Int, b: Int)] = []
    var shape = [Int](repeating: 1, count: rank)
    var aStride = 1
    var bStride = 1
    // From the innermost dimension outwards.
    for place in 0..<rank {
      let aDim = place < a.count ? a[a.count - 1 - place] : 1
      let bDim = place < b.count ? b[b.count - 1 - place] : 1
      try require(
        aDim == bDim || aDim == 1 || bDim == 1, "shapes \(a) and \(b) do not broadcast")
      let dim = aDim == 1 ? bDim : aDim
      shape[rank - 1 - place] = dim
      let step = (dim: dim, a: aDim == 1 ? 0 : aStride, b: bDim == 1 ? 0 : bStride)
      aStride *= aDim
      bStride *= bDim
      guard dim != 1 else { continue }
      if let last = merged.last, step.a == last.a * last.dim, step.b == last.b * last.dim {
        merged[merged.count - 1].dim *= dim
      } else {
        merged.append(step)
      }
    }
    if merged.isEmpty { merged.append((dim: 1, a: 0, b: 0)) }
    guard merged.count <= Int(VITQ_MAX_RANK) else {
      throw .unsupported("broadcasting of \(a) and \(b): more than 8 dimensions")
    }
    self.shape = shape
    self.rank = merged.count
    var dims = InlineArray<8, Int>(repeating: 1)
    var aStrides = InlineArray<8, Int>(repeating: 0)
    var bStrides = InlineArray<8, Int>(repeating: 0)
    for (place, step) in merged.reversed().enumerated() {
      dims[place] = step.dim
      aStrides[place] = step.a
      bStrides[place] = step.b
    }
    self.dims = dims
    self.aStrides = aStrides
    self.bStrides = bStrides
  }
}

extension Executor {
  /// Applies an arithmetic operation to two broadcast operands: `output = a operation b`.
  ///
  /// - Parameters:
  ///   - plan: The plan for the operands' shapes.
  ///   - output: float32 of the plan's shape; may be an operand of that shape.
  /// - Throws: ``KernelError/invalid(_:)`` where tensors do not fit the plan.
  public func binary(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, plan: BroadcastPlan,
    into output: Tensor
  ) throws(KernelError) {
    try a.requireFloat("the first operand")
    try b.requireFloat("the second operand")
    try output.requireWritableFloat("the result")
    try require(
      a.shape == plan.aShape && b.shape == plan.bShape && output.shape == plan.shape,
      "\(a.shape) and \(b.shape) into \(output.shape), planned for \(plan.aShape) and"
        + " \(plan.bShape) into \(plan.shape)")
    let arguments = operation.arguments(a, b, plan: plan, into: output)
    parallel(output.count, grain: Self.elementGrain, float.binary, arguments)
  }

  /// Applies an arithmetic operation to two broadcast operands: `output = a operation b`.
  ///
  /// - Throws: ``KernelError`` where the shapes do not broadcast to the output's.
  public func binary(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, into output: Tensor
  ) throws(KernelError) {
    try binary(operation, a, b, plan: BroadcastPlan(a.shape, b.shape), into: output)
  }
}

extension BinaryOperation {
  /// The call for operands that have been checked.
  func arguments(
    _ a: Tensor, _ b: Tensor, plan: BroadcastPlan, into output: Tensor
  ) -> vitq_f32_binary {
    vitq_f32_binary(
      operation: code, rank: plan.rank, dims: tuple(plan.dims), a_strides: tuple(plan.aStrides),
      b_strides: tuple(plan.bStrides), a: a.floats, b: b.floats, y: output.mutableFloats)
  }

  fileprivate var code: vitq_f32_binary_operation {
    switch self {
    case .add: VITQ_BINARY_ADD
    case .sub: VITQ_BINARY_SUB
    case .mul: VITQ_BINARY_MUL
    case .div: VITQ_BINARY_DIV
    case .pow: VITQ_BINARY_POW
    case .min: VITQ_BINARY_MIN
    case .max: VITQ_BINARY_MAX
    case .mod(fmod: false): VITQ_BINARY_MOD
    case .mod(fmod: true): VITQ_BINARY_FMOD
    case .prelu: VITQ_BINARY_PRELU
    }
  }
}

/// A C array of eight, which Swift imports as a tuple.
func tuple(_ a: InlineArray<8, Int>) -> (Int, Int, Int, Int, Int, Int, Int, Int) {
  (a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])
}
