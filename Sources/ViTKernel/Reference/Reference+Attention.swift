#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// `softmax(softcap(Q K' * scale) + mask) V` for each head, of float32 or float64, with the operands
  /// of ``Executor/attention(_:_:query:key:value:mask:workspace:into:)``.
  ///
  /// - Parameters:
  ///   - softcap: Scores are `softcap * tanh(scores / softcap)`; 0 leaves them as they are.
  ///   - scores: Which scores are returned as well: [batch, heads, queryRows, keyRows].
  public static func attention(
    _ shape: AttentionShape, _ options: AttentionOptions, query: AttentionOperand,
    key: AttentionOperand, value: AttentionOperand, mask: Tensor? = nil, softcap: Float = 0,
    scores kind: AttentionScores? = nil
  ) throws(KernelError) -> (output: Tensor, scores: Tensor?) {
    try requireFloat("Attention", query.tensor)
    let heads = try AttentionHeads(shape, options, query: query, key: key, value: value, mask: mask)
    let count = shape.batch * shape.heads * shape.queryRows
    let outputShape = shape.outputShape(headsFirst: options.headsFirst)
    var output = [Double](repeating: 0, count: try ShapeRules.elementCount(outputShape))
    var kept: [Double] = []
    for item in 0..<count {
      let (batch, head) = (
        item / shape.queryRows / shape.heads, item / shape.queryRows % shape.heads
      )
      let row = item % shape.queryRows
      var scores = heads.products(batch, head, row)
      if kind == .products { kept += scores }
      if softcap != 0 {
        let cap = Double(softcap)
        for index in scores.indices { scores[index] = cap * tanh(scores[index] / cap) }
      }
      if kind == .capped { kept += scores }
      heads.addMask(batch, head, row, to: &scores)
      if kind == .masked { kept += scores }
      let weights = weights(scores, options.undefinedRows)
      if kind == .weights { kept += weights }
      heads.addValues(batch, head, row, weights, to: &output)
    }
    let type = query.tensor.elementType
    let scoresShape = [shape.batch, shape.heads, shape.queryRows, shape.keyRows]
    return (
      tensor(output, shape: outputShape, as: type),
      kind == nil ? nil : tensor(kept, shape: scoresShape, as: type)
    )
  }

  private static func weights(_ scores: [Double], _ undefined: UndefinedRows) -> [Double] {
    let largest = scores.reduce(-.infinity, larger)
    let powers = scores.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    let isZero =
      switch undefined {
      case .nan: false
      case .zeroWhereMasked: largest == -.infinity
      case .zero: sum.isNaN
      }
    return powers.map { isZero ? 0 : $0 / sum }
  }
}

/// The operands of attention as float64, found by batch, head and row.
private struct AttentionHeads {
  private let shape: AttentionShape
  private let scale: Double
  private let query: Operand
  private let key: Operand
  private let value: Operand
  private let output: HeadStrides
  private let mask: [Double]?
  private let maskStrides: (images: Int, batch: Int, head: Int, row: Int)

  private struct Operand {
    let elements: [Double]
    let offset: Int
    let strides: HeadStrides

    init(
      _ operand: AttentionOperand, _ name: StaticString, _ batch: Int, _ heads: Int, _ rows: Int,
      _ size: Int
    ) throws(KernelError) {
      strides = try operand.strides(name, batch, heads, rows, size)
      elements = Reference.doubles(operand.tensor)
      offset = operand.offset
    }

    func row(_ batch: Int, _ head: Int, _ row: Int, size: Int) -> ArraySlice<Double> {
      let start = offset + strides.start(batch, head, row)
      return elements[start..<start + size]
    }
  }

  init(
    _ shape: AttentionShape, _ options: AttentionOptions, query: AttentionOperand,
    key: AttentionOperand, value: AttentionOperand, mask: Tensor?
  ) throws(KernelError) {
    try shape.check()
    self.shape = shape
    scale = Double(options.scale)
    self.query = try Operand(
      query, "Q", shape.batch, shape.heads, shape.queryRows, shape.headSize)
    self.key = try Operand(key, "K", shape.batch, shape.keyHeads, shape.keyRows, shape.headSize)
    self.value = try Operand(
      value, "V", shape.batch, shape.keyHeads, shape.keyRows, shape.valueSize)
    output = shape.outputStrides(headsFirst: options.headsFirst)
    maskStrides = try shape.maskStrides(mask)
    self.mask = mask.map { Reference.doubles($0) }
  }

  /// The head of K and V that serves `head` of Q.
  private func shared(_ head: Int) -> Int { head / (shape.heads / shape.keyHeads) }

  func products(_ batch: Int, _ head: Int, _ row: Int) -> [Double] {
    let question = query.row(batch, head, row, size: shape.headSize)
    return (0..<shape.keyRows).map { place in
      let answer = key.row(batch, shared(head), place, size: shape.headSize)
      return zip(question, answer).reduce(0) { $0 + $1.0 * $1.1 } * scale
    }
  }

  func addMask(_ batch: Int, _ head: Int, _ row: Int, to scores: inout [Double]) {
    guard let mask else { return }
    let start =
      batch % maskStrides.images * maskStrides.batch + head * maskStrides.head
      + row * maskStrides.row
    for index in scores.indices { scores[index] += mask[start + index] }
  }

  func addValues(
    _ batch: Int, _ head: Int, _ row: Int, _ weights: [Double], to result: inout [Double]
  ) {
    let start = output.start(batch, head, row)
    for (place, weight) in weights.enumerated() {
      let elements = value.row(batch, shared(head), place, size: shape.valueSize)
      for (index, element) in elements.enumerated() { result[start + index] += weight * element }
    }
  }
}
