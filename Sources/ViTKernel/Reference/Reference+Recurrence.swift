#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// LinearAttention-27: attention without a softmax, as a state [keys, values] of each head that
  /// every token changes and asks. All operands are of one type, float32 or float64.
  ///
  /// - Parameters:
  ///   - query: [batch, tokens, heads * size].
  ///   - key: [batch, tokens, keyHeads * size].
  ///   - value: [batch, tokens, keyHeads * width].
  ///   - state: The state to begin with, [batch, keyHeads, size, width]; nil for 0.
  ///   - decay: Logarithm of the factor of the state, [batch, tokens, keyHeads] or
  ///     [batch, tokens, keyHeads * size].
  ///   - beta: Weight of the correction, [batch, tokens, keyHeads] or [batch, tokens, 1].
  public static func linearAttention(
    query: Tensor, key: Tensor, value: Tensor, state: Tensor?, decay: Tensor?, beta: Tensor?,
    _ parameters: LinearAttentionParameters
  ) throws(KernelError) -> (output: Tensor, state: Tensor) {
    try requireFloat("LinearAttention", query)
    let shapes = try ShapeRules.linearAttention(
      query: query.shape, key: key.shape, value: value.shape, parameters)
    guard state == nil || state?.shape == shapes.state,
      (decay != nil) == parameters.rule.decays, (beta != nil) == parameters.rule.corrects
    else {
      throw .invalid(
        "LinearAttention by \(parameters.rule.rawValue): state \(state?.shape ?? []), decay"
          + " \(decay?.shape ?? []), beta \(beta?.shape ?? [])")
    }
    let zeros = Tensor(query.elementType, shape: shapes.state)
    var recurrence = Recurrence(
      query: doubles(query), key: doubles(key), value: doubles(value),
      decay: try Gate(decay, tokens: query.shape, widths: [parameters.keyHeads, key.shape[2]]),
      beta: try Gate(beta, tokens: query.shape, widths: [parameters.keyHeads, 1]),
      state: doubles(state ?? zeros), tokens: query.shape[1], size: shapes.state[2],
      width: shapes.state[3],
      parameters: parameters)
    let output = recurrence.run(batch: query.shape[0])
    return (
      tensor(output, shape: shapes.output, as: query.elementType),
      tensor(recurrence.state, shape: shapes.state, as: state?.elementType ?? query.elementType)
    )
  }

  /// CausalConvWithState-27: a convolution of each channel that looks back, over the input after a
  /// state of as many positions as it looks back, with Swish after it where that is asked for.
  ///
  /// - Parameters:
  ///   - x: [batch, channels, length].
  ///   - weight: [channels, 1, k].
  ///   - bias: [channels].
  ///   - state: [batch, channels, k - 1]; nil for 0.
  public static func causalConvolution(
    _ x: Tensor, weight: Tensor, bias: Tensor?, state: Tensor?, swish: Bool
  ) throws(KernelError) -> (output: Tensor, state: Tensor) {
    let shapes = try ShapeRules.causalConvolution(
      x.shape, weight: weight.shape, bias: bias?.shape, state: state?.shape)
    try requireSameType("CausalConvWithState", x, state ?? x)
    let before = state ?? Tensor(x.elementType, shape: shapes.state)
    let padded = try concat([before, x], axis: 2)
    let y = try conv(padded, weight: weight, bias: bias, ConvParameters(group: x.shape[1]))
    let rest = try slice(padded, starts: [x.shape[2]], ends: [.max], axes: [2])
    return (swish ? try unary(.swish(alpha: 1), y) : y, rest)
  }
}

/// A value for each head or each key element of each token.
private struct Gate {
  private let values: [Double]
  private let width: Int
  private let heads: Int

  /// - Throws: `invalid` where the last dimension is none of `widths`, of which the first is the
  ///   number of heads.
  init?(_ tensor: Tensor?, tokens: [Int], widths: [Int]) throws(KernelError) {
    guard let tensor else { return nil }
    guard tensor.shape.count == 3, tensor.shape.prefix(2) == tokens.prefix(2),
      widths.contains(tensor.shape[2])
    else { throw .invalid("LinearAttention: a gate of shape \(tensor.shape)") }
    values = Reference.doubles(tensor)
    width = tensor.shape[2]
    heads = widths[0]
  }

  func value(_ token: Int, head: Int, element: Int, size: Int) -> Double {
    switch width {
    case 1: values[token]
    case heads: values[token * width + head]
    default: values[token * width + head * size + element]
    }
  }
}

private struct Recurrence {
  let query: [Double]
  let key: [Double]
  let value: [Double]
  let decay: Gate?
  let beta: Gate?
  var state: [Double]
  let tokens: Int
  let size: Int
  let width: Int
  let parameters: LinearAttentionParameters

  mutating func run(batch: Int) -> [Double] {
    let (heads, keyHeads) = (parameters.heads, parameters.keyHeads)
    let scale = parameters.scale.map { Double($0) } ?? 1 / Double(size).squareRoot()
    var output = [Double](repeating: 0, count: batch * tokens * heads * width)
    for token in 0..<batch * tokens {
      for head in 0..<keyHeads { update(token, head) }
      for head in 0..<heads {
        let start = (token / tokens * keyHeads + head / (heads / keyHeads)) * size * width
        for column in 0..<width {
          let sum = (0..<size).reduce(0) {
            $0 + query[(token * heads + head) * size + $1] * state[start + $1 * width + column]
          }
          output[(token * heads + head) * width + column] = sum * scale
        }
      }
    }
    return output
  }

  private mutating func update(_ token: Int, _ head: Int) {
    let start = (token / tokens * parameters.keyHeads + head) * size * width
    let keys = (token * parameters.keyHeads + head) * size
    if let decay {
      for index in 0..<size * width {
        let gate = decay.value(token, head: head, element: index / width, size: size)
        state[start + index] *= exp(gate)
      }
    }
    for column in 0..<width {
      var added = value[(token * parameters.keyHeads + head) * width + column]
      if let beta {
        let known = (0..<size).reduce(0) {
          $0 + state[start + $1 * width + column] * key[keys + $1]
        }
        added = beta.value(token, head: head, element: 0, size: size) * (added - known)
      }
      for row in 0..<size { state[start + row * width + column] += key[keys + row] * added }
    }
  }
}
