/// Attributes of QAttention.
public struct QuantizedAttentionParameters: Sendable, Hashable {
  /// Number of heads.
  public var heads: Int
  /// Factor of the scores; nil: the reciprocal root of a head's width.
  public var scale: Float?
  /// `unidirectional`: a row attends to itself and those before it.
  public var isCausal: Bool
  /// What a masked score gets added.
  public var maskValue: Float

  /// ONNX Runtime's defaults for the rest.
  public init(heads: Int, scale: Float? = nil, isCausal: Bool = false, maskValue: Float = -10_000) {
    self.heads = heads
    self.scale = scale
    self.isCausal = isCausal
    self.maskValue = maskValue
  }
}

extension Reference {
  /// QAttention of com.microsoft without past: heads of self-attention over the product of bytes.
  ///
  /// - Parameters:
  ///   - x: [batch, rows, width], with one scale.
  ///   - weight: [width, 3 * hidden], the columns of queries, keys and values.
  ///   - bias: float32 [3 * hidden].
  ///   - mask: int32: how many rows of each image count, [batch]; their ends and then their begins,
  ///     [2 * batch]; or 1 for a row that counts and 0 for another, [batch, rows].
  public static func quantizedAttention(
    _ x: QuantizedTensor, weight: QuantizedTensor, bias: Tensor, mask: Tensor? = nil,
    _ parameters: QuantizedAttentionParameters
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.quantizedAttention(
      x.values.shape, weight: weight.values.shape, bias: bias.shape, heads: parameters.heads)
    let (batch, rows, hidden) = (shape[0], shape[1], shape[2])
    let width = hidden / parameters.heads
    let projected = try matMulIntegerToFloat(x, weight, bias: bias)
    // [batch, rows, 3 * hidden] to [3, batch, heads, rows, width].
    let split = try transpose(
      projected.reshaped([batch, rows, 3, parameters.heads, width]), permutation: [2, 0, 3, 1, 4])
    let parts = try Reference.split(split, axis: 0, rule: .equal(outputs: 3)).map {
      $0.reshaped([batch, parameters.heads, rows, width])
    }
    let scale = parameters.scale ?? 1 / Float(width).squareRoot()
    var scores = try binary(
      .mul, try matMul(parts[0], try transpose(parts[1], permutation: [0, 1, 3, 2])),
      Tensor(scalar: scale))
    let terms = try attentionTerms(mask, batch: batch, rows: rows, parameters)
    scores = try binary(.add, scores, terms)
    let context = try matMul(try softmax(scores, axis: -1, flattened: false), parts[2])
    return try transpose(context, permutation: [0, 2, 1, 3]).reshaped(shape)
  }

  /// What is added to the scores: [batch, 1, rows, rows].
  private static func attentionTerms(
    _ mask: Tensor?, batch: Int, rows: Int, _ parameters: QuantizedAttentionParameters
  ) throws(KernelError) -> Tensor {
    let counts = try mask.map { mask throws(KernelError) in
      try attendedRows(mask, batch: batch, rows: rows)
    }
    let terms = (0..<batch).flatMap { image in
      (0..<rows).flatMap { row in
        (0..<rows).map { key in
          if parameters.isCausal, key > row { return -Float.greatestFiniteMagnitude }
          return counts.map { $0[image * rows + key] } ?? true ? 0 : parameters.maskValue
        }
      }
    }
    return Tensor(terms, shape: [batch, 1, rows, rows])
  }

  /// Whether each row of each image counts.
  private static func attendedRows(
    _ mask: Tensor, batch: Int, rows: Int
  ) throws(KernelError) -> [Bool] {
    let values = try integers(mask)
    switch mask.shape {
    case [batch, rows]: return values.map { $0 > 0 }
    case [batch]:
      return (0..<batch).flatMap { image in (0..<rows).map { $0 < values[image] } }
    case [2 * batch]:
      return (0..<batch).flatMap { image in
        (0..<rows).map { $0 < values[image] && $0 >= values[batch + image] }
      }
    default: throw .unsupported("QAttention with a mask of shape \(mask.shape)")
    }
  }
}
