extension Reference {
  /// What Attention-23 to 25 add to their scores: the mask, and -infinity for keys that a query does
  /// not see.
  ///
  /// - Parameters:
  ///   - mask: float32 or float64, or bool, false for what is not seen; keys beyond its last dimension
  ///     are not seen either.
  ///   - validKeys: int64 [batch], the keys of each image that are no padding. The last of as many
  ///     queries sees the last of them.
  /// - Returns: float32 of ``ShapeRules/attentionBias(_:mask:validKeys:)``.
  public static func attentionBias(
    _ bias: AttentionBias, mask: Tensor?, validKeys: Tensor?
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.attentionBias(bias, mask: mask?.shape, validKeys: validKeys?.shape)
    let lengths = try validKeys.map { keys throws(KernelError) in try integers(keys) }
    var values = [Float](repeating: 0, count: try ShapeRules.elementCount(shape))
    if let mask { values = try spread(mask, keys: bias.keyRows, to: shape) }
    let rows = shape[shape.count - 2]
    let perImage = shape.count == 4 ? shape[1] * rows * bias.keyRows : values.count
    for index in values.indices {
      let (query, key) = (index / bias.keyRows % rows, index % bias.keyRows)
      let length = lengths.map { $0[index / perImage] }
      let offset = length.map { $0 - bias.queryRows } ?? bias.pastRows
      // Where the rows do not differ, the first one stands for all.
      let isSeen =
        length.map { key < $0 } ?? true
        && (!bias.differsByRow || bias.sees(query, key, offset: offset))
      if !isSeen { values[index] = -.infinity }
    }
    return Tensor(values, shape: shape)
  }

  /// A mask as what is added to scores, with -infinity for keys beyond it.
  private static func spread(
    _ mask: Tensor, keys: Int, to shape: [Int]
  ) throws(KernelError) -> [Float] {
    var added: Tensor
    switch mask.elementType {
    case .bool:
      let values = mask.elements(of: Bool.self).map { $0 ? Float(0) : -.infinity }
      added = Tensor(values, shape: mask.shape)
    case .float32, .float64: added = cast(mask, to: .float32)
    default: throw .unsupported("Attention with a mask of \(mask.elementType)")
    }
    if let last = mask.shape.last, last < keys {
      let rest = Tensor(
        [Float](repeating: -.infinity, count: mask.count / max(last, 1) * (keys - last)),
        shape: mask.shape.dropLast() + [keys - last])
      added = try concat([added, rest], axis: -1)
    }
    return try expanded(added, to: shape).elements()
  }

  /// What com.microsoft's Attention and MultiHeadAttention add to their scores: ``PaddingBias/filter``
  /// for padding, and the lowest number for keys after the query's own.
  ///
  /// - Parameter mask: int32 of one of the forms that ``PaddingBias`` knows, or nil for none.
  /// - Returns: float32 of ``ShapeRules/paddingBias(_:mask:)``.
  public static func paddingBias(
    _ bias: PaddingBias, mask: Tensor?
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.paddingBias(bias, mask: mask?.shape)
    let rows = shape[shape.count - 2]
    var values = [Float](repeating: 0, count: try ShapeRules.elementCount(shape))
    if let mask {
      let (form, marks) = (try bias.form(mask.shape), try integers(mask))
      for index in values.indices {
        let (image, key) = (index / bias.keyRows / rows, index % bias.keyRows)
        let isPadding =
          switch form {
          case .keys: marks[image * bias.keyRows + key] == 0
          case .scores: marks[index] == 0
          case .ends: key >= marks[image]
          case .endsAndStarts: key >= marks[image] || key < marks[bias.batch + image]
          }
        if isPadding { values[index] = bias.filter }
      }
    }
    if bias.isCausal {
      for index in values.indices {
        let (query, key) = (index / bias.keyRows % rows, index % bias.keyRows)
        // ONNX Runtime never hides keys from the last query, which matters where K has more rows.
        if key > query + bias.pastRows, query + 1 < rows {
          values[index] = -Float.greatestFiniteMagnitude
        }
      }
    }
    return Tensor(values, shape: shape)
  }
}
