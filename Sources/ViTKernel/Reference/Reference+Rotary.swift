extension Reference {
  /// RotaryEmbedding-23: element pairs of each head turned by the angle of their token's position.
  ///
  /// - Parameters:
  ///   - x: [batch, heads, tokens, size] or [batch, tokens, heads * size].
  ///   - cosines: [positions, rotated / 2], or [batch, tokens, rotated / 2] without `positions`.
  ///   - sines: Like `cosines`.
  ///   - positions: int64 [batch, tokens], or [1], the position of each image's first token, as
  ///     com.microsoft's operator has it.
  public static func rotaryEmbedding(
    _ x: Tensor, cosines: Tensor, sines: Tensor, positions: Tensor? = nil,
    _ parameters: RotaryParameters
  ) throws(KernelError) -> Tensor {
    try requireFloat("RotaryEmbedding", x)
    try requireSameType("RotaryEmbedding", x, cosines, sines)
    let shape = try RotaryShape(
      parameters, x: x.shape, cosines: cosines.shape, sines: sines.shape,
      positions: positions?.shape)
    try shape.check(positions, entries: cosines.count)
    let places = try positions.map { positions throws(KernelError) in try integers(positions) }
    let (cosine, sine) = (doubles(cosines), doubles(sines))
    let half = shape.rotated / 2
    var values = doubles(x)
    for token in 0..<shape.batch * shape.rows {
      let angles = shape.place(of: token, places) * half
      for head in 0..<shape.heads {
        let start = shape.start(of: token, head)
        for pair in 0..<half {
          let first = start + (shape.interleaved ? 2 * pair : pair)
          let second = first + (shape.interleaved ? 1 : half)
          let (real, imaginary) = (values[first], values[second])
          values[first] = cosine[angles + pair] * real - sine[angles + pair] * imaginary
          values[second] = sine[angles + pair] * real + cosine[angles + pair] * imaginary
        }
      }
    }
    return tensor(values, shape: x.shape, as: x.elementType)
  }
}

extension RotaryShape {
  /// The place of a head's first element, for the token counted over the whole batch.
  fileprivate func start(of token: Int, _ head: Int) -> Int {
    headsFirst
      ? ((token / rows * heads + head) * rows + token % rows) * headSize
      : (token * heads + head) * headSize
  }
}
