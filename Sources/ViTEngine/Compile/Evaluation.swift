import ViTKernel

/// A node's operands for the plain reference, which takes whole tensors.
struct Operands {
  let tensors: [Tensor?]

  func tensor(_ position: Int) throws(KernelError) -> Tensor {
    guard let tensor = optional(position) else {
      throw .invalid("input \(position) is missing")
    }
    return tensor
  }

  func optional(_ position: Int) -> Tensor? { position < tensors.count ? tensors[position] : nil }

  /// The integers of an operand, or of the attribute that older opsets have.
  func integers(
    _ position: Int, unless attribute: [Int]? = nil
  ) throws(KernelError) -> [Int]? {
    if let attribute { return attribute }
    guard let tensor = optional(position) else { return nil }
    return try Reference.integers(tensor)
  }

  func requiredIntegers(
    _ position: Int, unless attribute: [Int]? = nil
  ) throws(KernelError) -> [Int] {
    if let attribute { return attribute }
    return try Reference.integers(try tensor(position))
  }

  /// All operands, none of which may be absent.
  func all() throws(KernelError) -> [Tensor] {
    var result: [Tensor] = []
    for position in tensors.indices { result.append(try tensor(position)) }
    return result
  }
}

extension Operator {
  /// Computes the operator with the plain reference implementation.
  ///
  /// - Returns: One tensor for each output that the operator can have.
  /// - Throws: ``KernelError`` where the operator's rules forbid the operands, or their element type
  ///   is not supported.
  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {
    case .unary, .predicate, .binary, .comparison, .logical, .variadic, .clip, .cast, .narrow,
      .castLike, .select:
      return [try evaluateElementwise(operands)]
    case .matMul, .gemm, .conv, .softmax, .logSoftmax, .reduce:
      return [try evaluateProduct(operands)]
    case .layerNormalization(let axis, let epsilon):
      let results = try Reference.layerNormalization(
        try operands.tensor(0), scale: try operands.tensor(1), bias: operands.optional(2),
        axis: axis, epsilon: epsilon)
      return [results.y, results.mean, results.inverseStandardDeviation]
    case .dropout:
      let results = Reference.dropout(try operands.tensor(0))
      return [results.output, results.mask]
    case .dynamicQuantizeLinear, .quantizeLinear, .quantizeNarrow, .dequantizeLinear,
      .matMulInteger:
      return try evaluateQuantization(operands)
    case .constant, .identity, .shape, .size, .reshape, .squeeze, .unsqueeze, .flatten,
      .constantOfShape, .range:
      return [try evaluateReshaping(operands)]
    case .split(let axis, let sizes, let count):
      let rule: SplitRule
      if let lengths = try operands.integers(1, unless: sizes) {
        rule = .lengths(lengths)
      } else {
        rule = count.map { .chunks(outputs: $0) } ?? .equal(outputs: outputs)
      }
      return try Reference.split(try operands.tensor(0), axis: axis, rule: rule)
    case .transpose, .concat, .slice, .gather, .expand, .tile, .pad:
      return [try evaluateMovement(operands)]
    case .image(let op): return try op.evaluate(operands, outputs: outputs)
    case .indexing(let op): return try op.evaluate(operands, outputs: outputs)
    case .transformer(let op): return try op.evaluate(operands, outputs: outputs)
    case .quantized(let op): return try op.evaluate(operands, outputs: outputs)
    case .conditional: throw .unsupported("If with a condition that is computed from the data")
    case .fused(.attention(let fusion)): return try fusion.evaluate(operands)
    case .fused: throw .unsupported("a kernel of several nodes has no plain reference")
    }
  }

  private func evaluateElementwise(_ operands: Operands) throws(KernelError) -> Tensor {
    let x = try operands.tensor(0)
    switch self {
    case .unary(let operation): return try Reference.unary(operation, x)
    case .predicate(let predicate): return try Reference.predicate(predicate, x)
    case .binary(let operation): return try Reference.binary(operation, x, try operands.tensor(1))
    case .comparison(let comparison):
      return try Reference.compare(comparison, x, try operands.tensor(1))
    case .logical(let operation): return try Reference.logical(operation, x, try operands.tensor(1))
    case .variadic(let operation): return try Reference.variadic(operation, try operands.all())
    case .clip(let lowest, let highest):
      return try Reference.clip(
        x, minimum: lowest.map { Reference.cast($0, to: x.elementType) } ?? operands.optional(1),
        maximum: highest.map { Reference.cast($0, to: x.elementType) } ?? operands.optional(2))
    case .cast(let type): return Reference.cast(x, to: type)
    case .narrow(let type, let saturate, let rounding):
      return Reference.cast(
        Reference.cast(x, to: type, saturate: saturate, rounding: rounding), to: type.computed)
    case .castLike: return Reference.cast(x, to: try operands.tensor(1).elementType)
    default:
      return try Reference.select(x, try operands.tensor(1), try operands.tensor(2))
    }
  }

  private func evaluateProduct(_ operands: Operands) throws(KernelError) -> Tensor {
    let x = try operands.tensor(0)
    switch self {
    case .gemm(let parameters):
      return try Reference.gemm(x, try operands.tensor(1), c: operands.optional(2), parameters)
    case .conv(let parameters):
      return try Reference.conv(
        x, weight: try operands.tensor(1), bias: operands.optional(2), parameters)
    case .softmax(let axis, let flattens):
      return try Reference.softmax(x, axis: axis, flattened: flattens)
    case .logSoftmax(let axis, let flattens):
      return try Reference.softmax(x, axis: axis, flattened: flattens, logarithm: true)
    case .reduce(let operation, let axes, let keepDims, let noop):
      return try Reference.reduce(
        operation, x, axes: try operands.integers(1, unless: axes), keepDims: keepDims,
        noopWithEmptyAxes: noop)
    default: return try Reference.matMul(x, try operands.tensor(1))
    }
  }

  private func evaluateQuantization(_ operands: Operands) throws(KernelError) -> [Tensor] {
    let x = try operands.tensor(0)
    switch self {
    case .dynamicQuantizeLinear:
      let result = try Reference.dynamicQuantizeLinear(x)
      return [result.y, result.scale, result.zeroPoint]
    case .quantizeLinear(let axis, let blockSize, let outputType):
      return [
        try Reference.quantizeLinear(
          x, scale: try operands.tensor(1), zeroPoint: operands.optional(2), axis: axis,
          blockSize: blockSize, outputType: operands.optional(2)?.elementType ?? outputType)
      ]
    case .quantizeNarrow(let target):
      return [
        try Reference.quantizeLinear(
          x, scale: try operands.tensor(1), zeroPoint: operands.optional(2), axis: target.axis,
          blockSize: target.blockSize, outputType: target.type, saturate: target.saturates,
          precision: target.precision)
      ]
    case .dequantizeLinear(let axis, let blockSize):
      return [
        try Reference.dequantizeLinear(
          x, scale: try operands.tensor(1), zeroPoint: operands.optional(2), axis: axis,
          blockSize: blockSize)
      ]
    default:
      return [
        try Reference.matMulInteger(
          x, try operands.tensor(1), aZeroPoint: operands.optional(2),
          bZeroPoint: operands.optional(3))
      ]
    }
  }

  private func evaluateReshaping(_ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .constant(let tensor): return tensor
    case .constantOfShape(let value):
      return try Reference.constantOfShape(try operands.requiredIntegers(0), value: value)
    case .range:
      return try Reference.range(
        start: try operands.tensor(0), limit: try operands.tensor(1), delta: try operands.tensor(2))
    default: break
    }
    let x = try operands.tensor(0)
    switch self {
    case .shape(let start, let end): return Reference.shape(x, start: start, end: end)
    case .size: return Reference.size(x)
    case .squeeze(let axes):
      return x.reshaped(
        try ShapeRules.squeeze(x.shape, axes: try operands.integers(1, unless: axes)))
    case .unsqueeze(let axes):
      return x.reshaped(
        try ShapeRules.unsqueeze(x.shape, axes: try operands.requiredIntegers(1, unless: axes)))
    case .flatten(let axis): return x.reshaped(try ShapeRules.flatten(x.shape, axis: axis))
    case .reshape(let allowZero):
      return x.reshaped(
        try ShapeRules.reshape(
          x.shape, requested: try operands.requiredIntegers(1), allowZero: allowZero))
    default: return x
    }
  }

  private func evaluateMovement(_ operands: Operands) throws(KernelError) -> Tensor {
    let x = try operands.tensor(0)
    switch self {
    case .transpose(let permutation): return try Reference.transpose(x, permutation: permutation)
    case .concat(let axis): return try Reference.concat(try operands.all(), axis: axis)
    case .gather(let axis):
      return try Reference.gather(x, indices: try operands.tensor(1), axis: axis)
    case .expand: return try Reference.expand(x, to: try operands.requiredIntegers(1))
    case .tile: return try Reference.tile(x, repeats: try operands.requiredIntegers(1))
    case .pad(let mode, let amounts):
      return try Reference.pad(
        x, pads: try operands.requiredIntegers(1, unless: amounts?.pads),
        axes: try operands.integers(3), mode: mode,
        value: amounts.map { Reference.cast($0.value, to: x.elementType) } ?? operands.optional(2))
    case .slice(let bounds):
      return try Reference.slice(
        x, starts: try operands.requiredIntegers(1, unless: bounds?.starts),
        ends: try operands.requiredIntegers(2, unless: bounds?.ends),
        axes: try operands.integers(3, unless: bounds?.axes), steps: try operands.integers(4))
    default: return x
    }
  }
}
