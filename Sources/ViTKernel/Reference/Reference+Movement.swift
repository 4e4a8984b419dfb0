extension Reference {
  /// Reshape; see ``ShapeRules/reshape(_:requested:allowZero:)``.
  public static func reshape(
    _ x: Tensor, to requested: [Int], allowZero: Bool = false
  ) throws(KernelError) -> Tensor {
    x.reshaped(try ShapeRules.reshape(x.shape, requested: requested, allowZero: allowZero))
  }

  /// Flatten to two dimensions, before `axis` and from it on.
  public static func flatten(_ x: Tensor, axis: Int = 1) throws(KernelError) -> Tensor {
    x.reshaped(try ShapeRules.flatten(x.shape, axis: axis))
  }

  /// Squeeze: drops `axes` of length 1, or all of them.
  public static func squeeze(_ x: Tensor, axes: [Int]? = nil) throws(KernelError) -> Tensor {
    x.reshaped(try ShapeRules.squeeze(x.shape, axes: axes))
  }

  /// Unsqueeze: puts in axes of length 1.
  public static func unsqueeze(_ x: Tensor, axes: [Int]) throws(KernelError) -> Tensor {
    x.reshaped(try ShapeRules.unsqueeze(x.shape, axes: axes))
  }

  /// Identity.
  public static func identity(_ x: Tensor) -> Tensor { x }

  /// Dropout when not training: the input, and a mask that keeps everything.
  public static func dropout(_ x: Tensor) -> (output: Tensor, mask: Tensor) {
    (x, Tensor([Bool](repeating: true, count: x.count), shape: x.shape))
  }

  /// Transpose; without `permutation` the axes are reversed.
  public static func transpose(
    _ x: Tensor, permutation: [Int]? = nil
  ) throws(KernelError) -> Tensor {
    let axes = try ShapeRules.permutation(permutation, rank: x.shape.count)
    let shape = axes.map { x.shape[$0] }
    let moved = axes.filter { x.shape[$0] != 1 }
    // Where only axes of length 1 move, no element does.
    if moved == moved.sorted() { return x.reshaped(shape) }
    let strides = ShapeRules.strides(x.shape)
    let offsets = offsets(shape: shape, strides: axes.map { strides[$0] })
    return pick(offsets, from: [x], shape: shape)
  }

  /// Expand: broadcasts with `requested`, in both directions.
  public static func expand(_ x: Tensor, to requested: [Int]) throws(KernelError) -> Tensor {
    try expanded(x, to: ShapeRules.expand(x.shape, requested: requested))
  }

  /// Tile: repeats along each axis.
  public static func tile(_ x: Tensor, repeats: [Int]) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.tile(x.shape, repeats: repeats)
    if shape.contains(0) { return Tensor(x.elementType, shape: shape) }
    let strides = ShapeRules.strides(x.shape)
    let steps = shape.indices.map { axis in
      (0..<shape[axis]).map { $0 % x.shape[axis] * strides[axis] }
    }
    return pick(offsets(along: steps), from: [x], shape: shape)
  }

  /// Slice; see ``ShapeRules/slice(_:starts:ends:axes:steps:)``.
  public static func slice(
    _ x: Tensor, starts: [Int], ends: [Int], axes: [Int]? = nil, steps: [Int]? = nil
  ) throws(KernelError) -> Tensor {
    slice(
      x, try ShapeRules.slice(x.shape, starts: starts, ends: ends, axes: axes, steps: steps))
  }

  private static func slice(_ x: Tensor, _ window: SliceWindow) -> Tensor {
    if window.shape.contains(0) { return Tensor(x.elementType, shape: window.shape) }
    let strides = ShapeRules.strides(x.shape)
    let offsets = offsets(
      shape: window.shape, strides: zip(window.steps, strides).map { $0 * $1 },
      start: zip(window.starts, strides).reduce(0) { $0 + $1.0 * $1.1 })
    return pick(offsets, from: [x], shape: window.shape)
  }

  /// Split along `axis`.
  public static func split(
    _ x: Tensor, axis: Int = 0, rule: SplitRule
  ) throws(KernelError) -> [Tensor] {
    let shapes = try ShapeRules.split(x.shape, axis: axis, rule: rule)
    let axis = try ShapeRules.axis(axis, rank: x.shape.count)
    var start = 0
    return shapes.map { shape in
      var window = SliceWindow(
        starts: shape.map { _ in 0 }, steps: shape.map { _ in 1 }, shape: shape)
      window.starts[axis] = start
      start += shape[axis]
      return slice(x, window)
    }
  }

  /// Concat along `axis`.
  public static func concat(_ inputs: [Tensor], axis: Int) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.concat(inputs.map(\.shape), axis: axis)
    for input in inputs.dropFirst() { try requireSameType("Concat", inputs[0], input) }
    let axis = try ShapeRules.axis(axis, rank: shape.count)
    if shape.contains(0) { return Tensor(inputs[0].elementType, shape: shape) }
    // A row of the result is one block of each input; the inputs lie end to end.
    let rows = shape[..<axis].reduce(1, *)
    var offsets: [Int] = []
    for row in 0..<rows {
      var begin = 0
      for input in inputs {
        let block = input.count / rows
        offsets += (begin + row * block)..<(begin + (row + 1) * block)
        begin += input.count
      }
    }
    return pick(offsets, from: inputs, shape: shape)
  }

  /// Trilu: keeps the upper (or lower) triangle of each matrix, above the `diagonal`-th diagonal.
  public static func trilu(
    _ x: Tensor, upper: Bool = true, diagonal: Int = 0
  ) throws(KernelError) -> Tensor {
    guard x.shape.count >= 2 else { throw .invalid("Trilu of shape \(x.shape)") }
    let (rows, columns) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
    let offsets = (0..<x.count).map { index in
      let (row, column) = (index / columns % rows, index % columns)
      // No further than the matrix, so that no extreme diagonal overflows.
      let edge = row + clamped(diagonal, from: -rows, to: columns)
      return (upper ? column >= edge : column <= edge) ? index : x.count
    }
    return pick(offsets, from: [x, Tensor(x.elementType, shape: [1])], shape: x.shape)
  }
}
