// Whatever only moves elements is stated as the list of places to read them from, in the order of
// the result. These lists, too, say which elements a reduction or a product meets.
extension Reference {
  /// The elements at `offsets` of the `inputs` laid end to end.
  ///
  /// - Precondition: The inputs have one element type; the offsets lie within them.
  static func pick(_ offsets: [Int], from inputs: [Tensor], shape: [Int]) -> Tensor {
    let result = Tensor(inputs[0].elementType, shape: shape)
    func picked<Element: BitwiseCopyable>(_ type: Element.Type) {
      let source =
        inputs.count == 1
        ? Array(inputs[0].rawBuffer(of: type)) : inputs.flatMap { $0.rawBuffer(of: type) }
      _ = result.rawMutableBuffer(of: type).update(fromContentsOf: offsets.map { source[$0] })
    }
    switch result.elementType.byteCount {
    case 1: picked(UInt8.self)
    case 2: picked(UInt16.self)
    case 4: picked(UInt32.self)
    default: picked(UInt64.self)
    }
    return result
  }

  /// Row-major sums of one step from each of `axes`: the offsets of a grid's points.
  static func offsets(along axes: [[Int]]) -> [Int] {
    if axes.contains(where: \.isEmpty) { return [] }
    var offsets = [0]
    for steps in axes {
      var finer: [Int] = []
      finer.reserveCapacity(offsets.count * steps.count)
      for base in offsets {
        for step in steps { finer.append(base + step) }
      }
      offsets = finer
    }
    return offsets
  }

  /// Offsets of a grid whose axis `i` takes `shape[i]` steps of `strides[i]`, from `start`.
  static func offsets(shape: [Int], strides: [Int], start: Int = 0) -> [Int] {
    if shape.contains(0) { return [] }
    return offsets(
      along: [[start]]
        + zip(shape, strides).map { count, stride in (0..<count).map { $0 * stride } }
    )
  }

  /// For each element of `target`, the offset of the element of `shape` that broadcasts there.
  static func broadcastOffsets(_ shape: [Int], to target: [Int]) throws(KernelError) -> [Int] {
    _ = try ShapeRules.broadcast(shape, to: target)
    let strides = zip(shape, ShapeRules.strides(shape)).map { $0 == 1 ? 0 : $1 }
    let added = [Int](repeating: 0, count: target.count - shape.count)
    return offsets(shape: target, strides: added + strides)
  }

  /// A tensor's elements sorted by axes: where each run over `axes` begins (in the row-major order
  /// of the other axes), and the offsets within a run.
  static func runs(
    over axes: [Int], of shape: [Int]
  ) throws(KernelError) -> (starts: [Int], within: [Int]) {
    _ = try ShapeRules.elementCount(shape)
    if shape.contains(0) {
      // The runs are empty, yet a reduction has a result for each of them.
      let others = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
      return ([Int](repeating: 0, count: others.reduce(1, *)), [])
    }
    let strides = ShapeRules.strides(shape)
    let others = shape.indices.filter { !axes.contains($0) }
    return (
      offsets(shape: others.map { shape[$0] }, strides: others.map { strides[$0] }),
      offsets(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
    )
  }
}
