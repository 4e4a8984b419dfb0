extension Reference {
  /// DepthToSpace 13 of [batch, channels, height, width].
  ///
  /// - Parameter columnsFirst: Mode CRD: the block's place counts after the channel.
  public static func depthToSpace(
    _ x: Tensor, block: Int, columnsFirst: Bool
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.depthToSpace(x.shape, block: block)
    let blocks = try ShapeRules.depthToSpaceBlocks(
      x.shape, block: block, columnsFirst: columnsFirst)
    return try transpose(x.reshaped(blocks.shape), permutation: blocks.order).reshaped(shape)
  }

  /// SpaceToDepth 28 of [batch, channels, height, width], the reverse of
  /// ``depthToSpace(_:block:columnsFirst:)``.
  public static func spaceToDepth(
    _ x: Tensor, block: Int, columnsFirst: Bool
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.spaceToDepth(x.shape, block: block)
    let blocks = try ShapeRules.spaceToDepthBlocks(
      x.shape, block: block, columnsFirst: columnsFirst)
    return try transpose(x.reshaped(blocks.shape), permutation: blocks.order).reshaped(shape)
  }

  /// CenterCropPad 18: each of `axes` (nil: all) cut or filled up with zeros to `lengths`, centred.
  /// Where the difference is odd, the end loses or gains one more.
  public static func centerCropPad(
    _ x: Tensor, lengths: [Int], axes: [Int]?
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.centerCropPad(x.shape, lengths: lengths, axes: axes)
    let common = zip(x.shape, shape).map { Swift.min($0, $1) }
    let result = Tensor(x.elementType, shape: shape)
    let sources = cropOffsets(of: common, in: x.shape)
    let targets = cropOffsets(of: common, in: shape)
    func copied<Element: BitwiseCopyable>(_ type: Element.Type) {
      let (from, to) = (x.rawBuffer(of: type), result.rawMutableBuffer(of: type))
      for (source, target) in zip(sources, targets) { to[target] = from[source] }
    }
    switch x.elementType.byteCount {
    case 1: copied(UInt8.self)
    case 2: copied(UInt16.self)
    case 4: copied(UInt32.self)
    default: copied(UInt64.self)
    }
    return result
  }

  /// Offsets of the elements of a grid of `part` in the middle of `whole`.
  private static func cropOffsets(of part: [Int], in whole: [Int]) -> [Int] {
    let strides = ShapeRules.strides(whole)
    let start = whole.indices.reduce(0) { $0 + (whole[$1] - part[$1]) / 2 * strides[$1] }
    return offsets(shape: part, strides: strides, start: start)
  }
}
