import CKernels

extension Executor {
  /// `output = condition ? a : b`, all three broadcast: ONNX Where-16.
  ///
  /// - Parameters:
  ///   - condition: bool.
  ///   - a: Any element type; `b` and `output` have it too.
  ///   - grid: The grid of the three operands' shapes.
  ///   - output: Of the grid's shape; no operand.
  /// - Throws: ``KernelError/invalid(_:)`` where types or shapes do not fit.
  public func select(
    _ condition: Tensor, _ a: Tensor, _ b: Tensor, grid: BroadcastGrid, into output: Tensor
  ) throws(KernelError) {
    try require(
      condition.elementType == .bool && a.elementType == b.elementType
        && a.elementType == output.elementType,
      "Where of \(condition.elementType), \(a.elementType) and \(b.elementType) into "
        + "\(output.elementType)")
    try grid.require(condition, a, b, into: output)
    let arguments = vitq_select(
      grid: grid.arguments, element_size: a.elementType.byteCount,
      a: condition.bytes.assumingMemoryBound(to: UInt8.self).baseAddress, b: a.bytes.baseAddress,
      c: b.bytes.baseAddress, y: output.mutableBytes.baseAddress)
    parallel(output.count, grain: Self.elementGrain, vitq_select_task, arguments)
  }

  /// `output = a comparison b`, broadcast: ONNX Equal-19, Less-13 and their kin.
  ///
  /// - Parameters:
  ///   - a: A type for which ``hasElementKernels(for:)`` holds; `b` has it too.
  ///   - grid: The grid of both operands' shapes.
  ///   - output: bool of the grid's shape.
  /// - Throws: ``KernelError`` where types or shapes do not fit.
  public func compare(
    _ comparison: Comparison, _ a: Tensor, _ b: Tensor, grid: BroadcastGrid, into output: Tensor
  ) throws(KernelError) {
    guard let element = a.elementType.code, a.elementType == b.elementType,
      output.elementType == .bool
    else {
      throw .unsupported(
        "a comparison of \(a.elementType) and \(b.elementType) into \(output.elementType)")
    }
    try grid.require(a, b, into: output)
    let arguments = vitq_compare(
      grid: grid.arguments, comparison: comparison.code, element: element,
      a: a.bytes.baseAddress, b: b.bytes.baseAddress,
      y: output.mutableBytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    parallel(output.count, grain: Self.elementGrain, vitq_compare_task, arguments)
  }

  /// True where ``compare(_:_:_:grid:into:)`` and ``cast(_:into:)`` take elements of `type`.
  public static func hasElementKernels(for type: ElementType) -> Bool { type.code != nil }

  /// Casts to the type of `output`: ONNX Cast-13, with ``Reference/cast(_:to:saturate:rounding:)``'s
  /// results.
  ///
  /// - Parameters:
  ///   - x: A type for which ``hasElementKernels(for:)`` holds.
  ///   - output: Another one, or the same; of the same count.
  /// - Throws: ``KernelError`` where types or counts do not fit.
  public func cast(_ x: Tensor, into output: Tensor) throws(KernelError) {
    guard let from = x.elementType.code, let to = output.elementType.code else {
      throw .unsupported("a parallel cast of \(x.elementType) to \(output.elementType)")
    }
    try require(
      x.count == output.count && x.isAligned && !output.storage.isReadOnly,
      "a cast of \(x.count) elements into \(output.count)")
    let arguments = vitq_cast(
      from: from, to: to, x: x.bytes.baseAddress, y: output.mutableBytes.baseAddress)
    parallel(x.count, grain: Self.elementGrain, vitq_cast_task, arguments)
  }

  /// Rounds float32 elements to numbers that `type` has, halves to even.
  ///
  /// - Parameters:
  ///   - type: float16 or bfloat16.
  ///   - output: float32 of the same count; may be `x`.
  /// - Throws: ``KernelError`` where types or counts do not fit.
  public func round(
    _ x: Tensor, to type: ElementType, into output: Tensor
  ) throws(KernelError) {
    guard type == .float16 || type == .bfloat16 else {
      throw .unsupported("a parallel rounding to \(type)")
    }
    try x.requireFloat("the operand")
    try output.requireWritableFloat("the result")
    try Tensor.requireFloats(output, count: x.count, "the result")
    parallel(
      x.count, grain: Self.elementGrain,
      type == .float16 ? vitq_round_float16_task : vitq_round_bfloat16_task,
      vitq_round(x: x.floats, y: output.mutableFloats))
  }
}

extension ElementType {
  fileprivate var code: vitq_element? {
    switch self {
    case .float32: VITQ_FLOAT32
    case .int8: VITQ_INT8
    case .uint8: VITQ_UINT8
    case .int32: VITQ_INT32
    case .int64: VITQ_INT64
    case .bool: VITQ_BOOL
    default: nil
    }
  }
}

extension Comparison {
  fileprivate var code: vitq_comparison {
    switch self {
    case .equal: VITQ_EQUAL
    case .less: VITQ_LESS
    case .greater: VITQ_GREATER
    case .lessOrEqual: VITQ_LESS_OR_EQUAL
    case .greaterOrEqual: VITQ_GREATER_OR_EQUAL
    }
  }
}
