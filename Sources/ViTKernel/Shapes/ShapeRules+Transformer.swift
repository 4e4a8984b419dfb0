extension ShapeRules {
  /// The shape of what ONNX's Attention adds to its scores, for a mask of shape `mask` whose last
  /// dimension may be shorter than there are keys, and lengths of shape `validKeys`.
  public static func attentionBias(
    _ bias: AttentionBias, mask: [Int]?, validKeys: [Int]?
  ) throws(KernelError) -> [Int] {
    var shapes = [[bias.differsByRow ? bias.queryRows : 1, bias.keyRows]]
    if let mask {
      guard let last = mask.last, mask.count <= 4, last <= bias.keyRows else {
        throw .invalid("Attention: mask of shape \(mask) for \(bias.keyRows) keys")
      }
      shapes.append(mask.dropLast() + [bias.keyRows])
    }
    if let validKeys {
      guard validKeys == [bias.batch] else {
        throw .invalid("Attention: key lengths of shape \(validKeys) for \(bias.batch) images")
      }
      shapes.append([bias.batch, 1, 1, 1])
    }
    let shape = try broadcast(shapes)
    // Four dimensions that all count, of which the first may be 1 for all images.
    guard shape.count < 4 || shape[0] == 1 || shape[0] == bias.batch else {
      throw .invalid("Attention: mask of shape \(mask ?? []) for \(bias.batch) images")
    }
    return shape
  }

  /// The shape of what com.microsoft's attention adds to its scores for a mask of shape `mask`.
  public static func paddingBias(_ bias: PaddingBias, mask: [Int]?) throws(KernelError) -> [Int] {
    guard let mask else { return try checked([bias.queryRows, bias.keyRows]) }
    let form = try bias.form(mask)
    let rows = form == .scores || bias.isCausal ? bias.queryRows : 1
    return try checked([bias.batch, 1, rows, bias.keyRows])
  }

  /// LinearAttention: the output, and the state after the last token.
  public static func linearAttention(
    query: [Int], key: [Int], value: [Int], _ parameters: LinearAttentionParameters
  ) throws(KernelError) -> (output: [Int], state: [Int]) {
    let (heads, keyHeads) = (parameters.heads, parameters.keyHeads)
    guard query.count == 3, key.count == 3, value.count == 3, heads > 0, keyHeads > 0,
      heads % keyHeads == 0, Array(key.prefix(2)) == Array(query.prefix(2)),
      Array(value.prefix(2)) == Array(query.prefix(2)), query[2] % heads == 0,
      value[2] % keyHeads == 0, key[2] == query[2] / heads * keyHeads
    else {
      throw .invalid(
        "LinearAttention of \(query), \(key) and \(value) with \(heads) and \(keyHeads) heads")
    }
    let width = value[2] / keyHeads
    return (
      try checked([query[0], query[1], try product(width, heads)]),
      try checked([query[0], keyHeads, query[2] / heads, width])
    )
  }

  /// CausalConvWithState: the output, and the state after the last position.
  public static func causalConvolution(
    _ x: [Int], weight: [Int], bias: [Int]?, state: [Int]?
  ) throws(KernelError) -> (output: [Int], state: [Int]) {
    guard x.count == 3, weight.count == 3, weight[0] == x[1], weight[1] == 1, weight[2] > 0,
      bias == nil || bias == [x[1]]
    else {
      throw .invalid("CausalConvWithState of \(x) with weights \(weight), bias \(bias ?? [])")
    }
    let carried = [x[0], x[1], weight[2] - 1]
    guard state == nil || state == carried else {
      throw .invalid("CausalConvWithState: a state of \(state ?? []) instead of \(carried)")
    }
    return (x, try checked(carried))
  }
}
