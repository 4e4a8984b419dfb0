import CKernels

/// One operand of a sum that is quantized dynamically.
public enum SumOperand: Sendable {
  /// float32 values, taken as they are: a constant that is already dequantized.
  case values(Tensor)
  /// float32 values that go through DynamicQuantizeLinear's and DequantizeLinear's arithmetic, with
  /// one float32 scale and one uint8 zero point.
  case fakeQuantized(Tensor, scale: Tensor, zeroPoint: Tensor)

  /// The float32 values.
  var tensor: Tensor {
    switch self {
    case .values(let tensor), .fakeQuantized(let tensor, _, _): tensor
    }
  }
}

extension Executor {
  /// Add of two operands each of which may be quantized to uint8 and back on its way.
  ///
  /// float32 `y` may be an operand of its own shape. The shapes of `a` and `b` are that of `y`, or
  /// its last dimensions (after any leading ones), so that an operand repeats as a whole.
  ///
  /// - Throws: ``KernelError/unsupported(_:)`` for operands that broadcast otherwise.
  public func fakeQuantizedAdd(
    _ a: SumOperand, _ b: SumOperand, into y: Tensor
  ) throws(KernelError) {
    try require(y.elementType == .float32, "sum must be float32, not \(y.elementType)")
    let sum = vitq_fake_quantized_sum(
      a: try fakeOperand(a, y.shape), b: try fakeOperand(b, y.shape),
      y: y.mutableBuffer(of: Float.self).baseAddress, count: y.count)
    let blocks = Self.blocks(y.count)
    parallel(blocks, grain: grain(blocks), kernels.int8.pointee.fake_quantized_add, sum)
  }

  private func fakeOperand(
    _ operand: SumOperand, _ shape: [Int]
  ) throws(KernelError) -> vitq_fake_operand {
    let tensor = operand.tensor
    try require(tensor.elementType == .float32, "operand must be float32")
    let own = tensor.shape.drop { $0 == 1 }
    if own.count > shape.count || !shape.suffix(own.count).elementsEqual(own) {
      throw .unsupported("adding quantized \(tensor.shape) to \(shape)")
    }
    var result = vitq_fake_operand(
      x: tensor.buffer(of: Float.self).baseAddress, period: tensor.count, scale: 1, zero: -1)
    if case .fakeQuantized(_, let scale, let zeroPoint) = operand {
      try require(scale.elementType == .float32 && scale.count == 1, "scale must be one float32")
      try require(
        zeroPoint.elementType == .uint8 && zeroPoint.count == 1, "zero point must be one uint8")
      result.scale = scale.buffer(of: Float.self)[0]
      result.zero = zeroPoint.onlyByte
    }
    return result
  }
}
