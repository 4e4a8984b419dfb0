import CKernels

extension Executor {
  /// Applies an element-wise operation: `output = operation(x)`.
  ///
  /// - Parameters:
  ///   - operation: Any but ``UnaryOperation/not``.
  ///   - x: float32.
  ///   - output: float32 of the same count; may be `x`.
  /// - Throws: ``KernelError/invalid(_:)`` where counts or types do not fit together.
  public func unary(
    _ operation: UnaryOperation, _ x: Tensor, into output: Tensor
  ) throws(KernelError) {
    guard let code = operation.code else { throw .invalid("\(operation) of float32 elements") }
    try unary(code, alpha: operation.alpha, beta: operation.beta, x, into: output)
  }

  /// `output = min(max(x, lowest), highest)`: ONNX Clip-13; NaN stays NaN.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where counts or types do not fit together.
  public func clip(
    _ x: Tensor, lowest: Float, highest: Float, into output: Tensor
  ) throws(KernelError) {
    try unary(VITQ_UNARY_CLIP, alpha: lowest, beta: highest, x, into: output)
  }

  private func unary(
    _ code: vitq_f32_operation, alpha: Float, beta: Float, _ x: Tensor, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("an operand")
    try output.requireWritableFloat("the result")
    try Tensor.requireFloats(output, count: x.count, "the result")
    let arguments = vitq_f32_unary(
      operation: code, alpha: alpha, beta: beta, x: x.floats, y: output.mutableFloats)
    parallel(x.count, grain: Self.elementGrain, float.unary, arguments)
  }
}

extension UnaryOperation {
  /// The call for operands that have been checked.
  func arguments(_ x: Tensor, into output: Tensor) throws(KernelError) -> vitq_f32_unary {
    guard let code else { throw .invalid("\(self) of float32 elements") }
    return vitq_f32_unary(
      operation: code, alpha: alpha, beta: beta, x: x.floats, y: output.mutableFloats)
  }

  fileprivate var code: vitq_f32_operation? {
    switch self {
    case .abs: VITQ_UNARY_ABS
    case .neg: VITQ_UNARY_NEG
    case .sign: VITQ_UNARY_SIGN
    case .not: nil
    case .exp: VITQ_UNARY_EXP
    case .log: VITQ_UNARY_LOG
    case .sqrt: VITQ_UNARY_SQRT
    case .reciprocal: VITQ_UNARY_RECIPROCAL
    case .erf: VITQ_UNARY_ERF
    case .sin: VITQ_UNARY_SIN
    case .cos: VITQ_UNARY_COS
    case .tan: VITQ_UNARY_TAN
    case .asin: VITQ_UNARY_ASIN
    case .acos: VITQ_UNARY_ACOS
    case .atan: VITQ_UNARY_ATAN
    case .sinh: VITQ_UNARY_SINH
    case .cosh: VITQ_UNARY_COSH
    case .tanh: VITQ_UNARY_TANH
    case .asinh: VITQ_UNARY_ASINH
    case .acosh: VITQ_UNARY_ACOSH
    case .atanh: VITQ_UNARY_ATANH
    case .floor: VITQ_UNARY_FLOOR
    case .ceil: VITQ_UNARY_CEIL
    case .round: VITQ_UNARY_ROUND
    case .sigmoid: VITQ_UNARY_SIGMOID
    case .relu: VITQ_UNARY_RELU
    case .softplus: VITQ_UNARY_SOFTPLUS
    case .softsign: VITQ_UNARY_SOFTSIGN
    case .hardSwish: VITQ_UNARY_HARD_SWISH
    case .mish: VITQ_UNARY_MISH
    case .leakyRelu: VITQ_UNARY_LEAKY_RELU
    case .elu: VITQ_UNARY_ELU
    case .hardSigmoid: VITQ_UNARY_HARD_SIGMOID
    case .celu: VITQ_UNARY_CELU
    case .selu: VITQ_UNARY_SELU
    case .thresholdedRelu: VITQ_UNARY_THRESHOLDED_RELU
    case .shrink: VITQ_UNARY_SHRINK
    case .swish: VITQ_UNARY_SWISH
    case .gelu(.none): VITQ_UNARY_GELU_ERF
    case .gelu(.tanh): VITQ_UNARY_GELU_TANH
    }
  }

  fileprivate var alpha: Float {
    switch self {
    case .leakyRelu(let alpha), .elu(let alpha), .hardSigmoid(let alpha, _), .celu(let alpha),
      .selu(let alpha, _), .thresholdedRelu(let alpha), .shrink(let alpha, _), .swish(let alpha):
      alpha
    default: 0
    }
  }

  fileprivate var beta: Float {
    switch self {
    case .hardSigmoid(_, let beta), .selu(_, let beta), .shrink(_, let beta): beta
    default: 0
    }
  }
}
