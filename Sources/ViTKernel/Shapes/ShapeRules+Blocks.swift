extension ShapeRules {
  /// DepthToSpace: [batch, channels, height, width] to blocks of channels laid out in space.
  public static func depthToSpace(_ x: [Int], block: Int) throws(KernelError) -> [Int] {
    let area = try product(block, block)
    guard x.count == 4, block > 0, x[1].isMultiple(of: area) else {
      throw .invalid("DepthToSpace of \(x) in blocks of \(block)")
    }
    return try checked([
      x[0], x[1] / area, try product(x[2], block), try product(x[3], block),
    ])
  }

  /// SpaceToDepth, its reverse.
  public static func spaceToDepth(_ x: [Int], block: Int) throws(KernelError) -> [Int] {
    guard x.count == 4, block > 0, x[2].isMultiple(of: block), x[3].isMultiple(of: block) else {
      throw .invalid("SpaceToDepth of \(x) in blocks of \(block)")
    }
    return try checked([
      x[0], try product(x[1], try product(block, block)), x[2] / block, x[3] / block,
    ])
  }

  /// DepthToSpace as a transposition: the input's shape with the blocks' places as axes, and their
  /// order in the result.
  ///
  /// - Parameter columnsFirst: Mode CRD: the block's place counts after the channel.
  public static func depthToSpaceBlocks(
    _ x: [Int], block: Int, columnsFirst: Bool
  ) throws(KernelError) -> (shape: [Int], order: [Int]) {
    let channels = try depthToSpace(x, block: block)[1]
    return columnsFirst
      ? ([x[0], channels, block, block, x[2], x[3]], [0, 1, 4, 2, 5, 3])
      : ([x[0], block, block, channels, x[2], x[3]], [0, 3, 4, 1, 5, 2])
  }

  /// SpaceToDepth as a transposition, as
  /// ``depthToSpaceBlocks(_:block:columnsFirst:)``.
  public static func spaceToDepthBlocks(
    _ x: [Int], block: Int, columnsFirst: Bool
  ) throws(KernelError) -> (shape: [Int], order: [Int]) {
    let result = try spaceToDepth(x, block: block)
    return (
      [x[0], x[1], result[2], block, result[3], block],
      columnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
    )
  }

  /// CenterCropPad: `lengths` on `axes` (nil: all), the input's on others.
  public static func centerCropPad(
    _ x: [Int], lengths: [Int], axes: [Int]?
  ) throws(KernelError) -> [Int] {
    let axes = try Self.axes(axes ?? Array(x.indices), rank: x.count)
    guard axes.count == lengths.count else {
      throw .invalid("CenterCropPad of \(x) to \(lengths) on axes \(axes)")
    }
    var shape = x
    for (axis, length) in zip(axes, lengths) { shape[axis] = length }
    return try checked(shape)
  }
}
