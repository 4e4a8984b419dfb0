extension ShapeRules {
  /// MaxPool and its kin: [batch, channels, spatial...].
  public static func pool(_ x: [Int], _ parameters: PoolParameters) throws(KernelError) -> [Int] {
    try checked(x.prefix(2) + poolGeometry(x, parameters).output)
  }

  /// How a pooling window slides over [batch, channels, spatial...].
  static func poolGeometry(
    _ x: [Int], _ parameters: PoolParameters
  ) throws(KernelError) -> ConvGeometry {
    guard x.count >= 2 else { throw .invalid("pooling of \(x): no batch and channels") }
    let input = Array(x[2...])
    let kernel = parameters.kernel.isEmpty ? input : parameters.kernel
    return try ConvGeometry(
      "pooling of \(x)", input: input, kernel: kernel,
      ConvParameters(
        dilations: parameters.dilations, pads: parameters.pads, strides: parameters.strides,
        autoPad: parameters.autoPad), ceilMode: parameters.ceilMode)
  }

  /// MaxUnpool: the shape that the pool had before, or `requested` where that is given, which must
  /// not be smaller.
  public static func maxUnpool(
    _ x: [Int], indices: [Int], requested: [Int]?, _ parameters: ConvParameters
  ) throws(KernelError) -> [Int] {
    let pooled = try maxUnpoolSource(x, indices: indices, parameters)
    guard let requested else { return pooled }
    guard requested.count == pooled.count, zip(requested, pooled).allSatisfy({ $0 >= $1 }) else {
      throw .invalid("MaxUnpool to \(requested), which can't hold \(pooled)")
    }
    return try checked(requested)
  }

  /// The shape that MaxUnpool's indices count in.
  static func maxUnpoolSource(
    _ x: [Int], indices: [Int], _ parameters: ConvParameters
  ) throws(KernelError) -> [Int] {
    let kernel = parameters.kernelShape
    guard x.count > 2, x.count - 2 == kernel.count, indices == x else {
      throw .invalid("MaxUnpool of \(x) with indices \(indices), kernel \(kernel)")
    }
    let window = try WindowAttributes(
      "MaxUnpool", kernel: kernel, parameters, pads: parameters.pads)
    var shape = Array(x.prefix(2))
    for axis in kernel.indices {
      let last = try product(x[axis + 2] - 1, window.strides[axis])
      shape.append(
        try sum(last, kernel[axis], -window.pads[axis], -window.pads[axis + kernel.count]))
    }
    return try checked(shape)
  }

  /// ConvTranspose: [batch, output channels, spatial...] from [batch, channels, spatial...] and
  /// weights [channels, output channels / group, kernel...].
  public static func convTranspose(
    _ x: [Int], weight: [Int], bias: [Int]? = nil, _ parameters: ConvTransposeParameters
  ) throws(KernelError) -> [Int] {
    let geometry = try convTransposeGeometry(x, weight: weight, parameters)
    let channels = try product(weight[1], parameters.window.group)
    if let bias, bias != [channels] {
      throw .invalid("ConvTranspose: bias of shape \(bias) for \(channels) output channels")
    }
    return try checked([x[0], channels] + geometry.input)
  }

  /// The Conv of which a ConvTranspose is the transpose: from the result to the input.
  static func convTransposeGeometry(
    _ x: [Int], weight: [Int], _ parameters: ConvTransposeParameters
  ) throws(KernelError) -> ConvGeometry {
    let group = parameters.window.group
    guard x.count > 2, weight.count == x.count, group > 0, x[1] == weight[0],
      x[1].isMultiple(of: group)
    else {
      throw .invalid("ConvTranspose of \(x) with weights \(weight) in \(group) groups")
    }
    let window = try WindowAttributes(
      "ConvTranspose", kernel: Array(weight[2...]), parameters.window, pads: parameters.window.pads)
    let rank = window.kernel.count
    let extra =
      parameters.outputPadding.isEmpty ? window.kernel.map { _ in 0 } : parameters.outputPadding
    // Some write the whole shape of the result, batch and channels included.
    let wanted = Array(parameters.outputShape.suffix(rank))
    guard extra.count == rank, extra.allSatisfy({ $0 >= 0 }), [0, rank].contains(wanted.count),
      (wanted + x[2...]).allSatisfy({ $0 > 0 })
    else {
      throw .invalid("ConvTranspose of \(x): output_padding \(extra), output_shape \(wanted)")
    }
    var (extents, begins, ends): ([Int], [Int], [Int]) = ([], [], [])
    for axis in 0..<rank {
      let last = try product(x[axis + 2] - 1, window.strides[axis])
      let full = try sum(last, extra[axis], window.reaches[axis])
      let side = try convTransposeSide(
        full, pads: (window.pads[axis], window.pads[axis + rank]),
        wanted: wanted.isEmpty ? nil : wanted[axis],
        same: product(x[axis + 2], window.strides[axis]), parameters.window.autoPad)
      extents.append(side.extent)
      begins.append(side.begin)
      ends.append(try sum(full, -side.extent, -side.begin))
    }
    return ConvGeometry(
      input: try checked(extents), attributes: window, output: Array(x[2...]), padBegins: begins,
      padEnds: ends)
  }

  /// Extent and begin of the result along an axis on which the whole reaches over `full`.
  private static func convTransposeSide(
    _ full: Int, pads: (begin: Int, end: Int), wanted: Int?, same: Int, _ rule: AutoPad
  ) throws(KernelError) -> (extent: Int, begin: Int) {
    let isSame = rule == .sameUpper || rule == .sameLower
    guard let extent = wanted ?? (isSame ? same : nil) else {
      if rule == .valid { return (full, 0) }
      return (try sum(full, -pads.begin, -pads.end), pads.begin)
    }
    // As in ONNX Runtime, what is missing is added at the end.
    let total = Swift.max(try sum(full, -extent), 0)
    return (extent, rule == .sameUpper ? total / 2 : total - total / 2)
  }

  /// Col2Im: [batch, channels, image...] from blocks [batch, channels * block, places].
  public static func col2Im(
    _ x: [Int], image: [Int], block: [Int], _ parameters: ConvParameters
  ) throws(KernelError) -> [Int] {
    _ = try col2ImGeometry(x, image: image, block: block, parameters)
    return try checked([x[0], x[1] / elementCount(block)] + image)
  }

  /// The window whose positions are the columns of Col2Im's input.
  static func col2ImGeometry(
    _ x: [Int], image: [Int], block: [Int], _ parameters: ConvParameters
  ) throws(KernelError) -> ConvGeometry {
    let size = try elementCount(block)
    guard x.count == 3, size > 0, x[1].isMultiple(of: size), image.count == block.count,
      image.allSatisfy({ $0 > 0 })
    else { throw .invalid("Col2Im of \(x) to \(image) with blocks of \(block)") }
    let geometry = try ConvGeometry(
      "Col2Im", input: image, kernel: block, parameters, ceilMode: false)
    guard try elementCount(geometry.output) == x[2] else {
      throw .invalid("Col2Im of \(x): \(image) has \(geometry.output) blocks of \(block)")
    }
    return geometry
  }

  /// DeformConv of images: as Conv, `offset` and `mask` having a place for each of the kernel's.
  public static func deformConv(
    _ x: [Int], weight: [Int], offset: [Int], bias: [Int]?, mask: [Int]?,
    _ parameters: DeformConvParameters
  ) throws(KernelError) -> [Int] {
    guard x.count == 4 else {
      throw .unsupported("DeformConv of shape \(x): over two spatial axes only")
    }
    let shape = try conv(x, weight: weight, bias: bias, parameters.window)
    let group = parameters.offsetGroup
    guard group > 0, x[1].isMultiple(of: group) else {
      throw .invalid("DeformConv of \(x) with \(group) groups of offsets")
    }
    let places = try product(group, elementCount(Array(weight[2...])))
    let fits =
      offset == [x[0], try product(2, places)] + shape[2...]
      && (mask.map { $0 == [x[0], places] + shape[2...] } ?? true)
    guard fits else {
      throw .invalid("DeformConv to \(shape) with offsets \(offset), mask \(mask ?? [])")
    }
    return shape
  }
}
