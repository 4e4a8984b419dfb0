extension ShapeRules {
  /// MatMul: numpy's rules, with 1-D operands and broadcast batches.
  public static func matMul(_ a: [Int], _ b: [Int]) throws(KernelError) -> [Int] {
    let extents = try matMulExtents(a, b)
    return try checked(
      extents.batch + (a.count > 1 ? [extents.m] : []) + (b.count > 1 ? [extents.n] : []))
  }

  /// MatMul's [batch, M, K] times [batch, K, N], the 1-D operands made matrices.
  static func matMulExtents(
    _ a: [Int], _ b: [Int]
  ) throws(KernelError) -> (batch: [Int], m: Int, k: Int, n: Int) {
    guard let aInner = a.last, let bLast = b.last else {
      throw .invalid("MatMul of \(a) and \(b): a scalar has no product")
    }
    let bInner = b.count > 1 ? b[b.count - 2] : bLast
    guard aInner == bInner else {
      throw .invalid("MatMul of \(a) and \(b): \(aInner) columns meet \(bInner) rows")
    }
    let batch = try broadcast([Array(a.dropLast(2)), Array(b.dropLast(2))])
    return (batch, a.count > 1 ? a[a.count - 2] : 1, aInner, b.count > 1 ? bLast : 1)
  }

  /// Gemm: [M, N]; `c`, where present, broadcasts to it.
  public static func gemm(
    _ a: [Int], _ b: [Int], c: [Int]? = nil, _ parameters: GemmParameters = GemmParameters()
  ) throws(KernelError) -> [Int] {
    guard a.count == 2, b.count == 2 else {
      throw .invalid("Gemm of \(a) and \(b): not two matrices")
    }
    let (m, aInner) = parameters.transposeA ? (a[1], a[0]) : (a[0], a[1])
    let (bInner, n) = parameters.transposeB ? (b[1], b[0]) : (b[0], b[1])
    guard aInner == bInner else {
      throw .invalid("Gemm of \(a) and \(b): \(aInner) columns meet \(bInner) rows")
    }
    if let c { _ = try broadcast(c, to: [m, n]) }
    return try checked([m, n])
  }

  /// Conv: [batch, output channels, spatial...] from [batch, channels, spatial...] and weights
  /// [output channels, channels / group, kernel...]; `bias`, where present, is [output channels].
  public static func conv(
    _ x: [Int], weight: [Int], bias: [Int]? = nil, _ parameters: ConvParameters = ConvParameters()
  ) throws(KernelError) -> [Int] {
    let geometry = try ConvGeometry(x: x, weight: weight, parameters)
    if let bias, bias != [weight[0]] {
      throw .invalid("Conv: bias of shape \(bias) for \(weight[0]) output channels")
    }
    return try checked([x[0], weight[0]] + geometry.output)
  }
}

/// A sliding window's attributes resolved for concrete shapes: one value for every spatial axis.
public struct ConvGeometry: Sendable, Hashable {
  /// Extent of the input.
  public let input: [Int]
  /// Extent of the kernel.
  public let kernel: [Int]
  /// Extent of the output.
  public let output: [Int]
  /// Stride.
  public let strides: [Int]
  /// Dilation.
  public let dilations: [Int]
  /// Padding before the first element.
  public let padBegins: [Int]
  /// Padding after the last element.
  public let padEnds: [Int]

  /// Resolves and checks Conv's `parameters` for an input and a weight of these shapes.
  public init(x: [Int], weight: [Int], _ parameters: ConvParameters) throws(KernelError) {
    guard x.count > 2, weight.count == x.count else {
      throw .invalid("Conv of \(x) with weights \(weight): ranks do not fit")
    }
    let group = parameters.group
    // Divided, not multiplied: the group may be any number.
    guard group > 0, weight[0].isMultiple(of: group), x[1].isMultiple(of: group),
      x[1] / group == weight[1]
    else { throw .invalid("Conv of \(x) with weights \(weight) in \(group) groups") }
    try self.init(
      "Conv", input: Array(x[2...]), kernel: Array(weight[2...]), parameters, ceilMode: false)
  }

  /// Resolves and checks `parameters` for a window of `kernel` over `input`.
  init(
    _ name: String, input: [Int], kernel: [Int], _ parameters: ConvParameters, ceilMode: Bool
  ) throws(KernelError) {
    let attributes = try WindowAttributes(name, kernel: kernel, parameters, pads: parameters.pads)
    let rank = input.count
    guard kernel.count == rank else {
      throw .invalid("\(name): a kernel of shape \(kernel) over \(rank) axes")
    }
    var begins: [Int] = []
    var ends: [Int] = []
    var output: [Int] = []
    for axis in 0..<rank {
      let (reach, stride) = (attributes.reaches[axis], attributes.strides[axis])
      let (begin, end) = try Self.padding(
        parameters.autoPad, input: input[axis], stride: stride, reach: reach,
        explicit: (attributes.pads[axis], attributes.pads[axis + rank]))
      let room = try ShapeRules.sum(input[axis], begin, end, -reach)
      var count = room < 0 ? 0 : room / stride + 1
      // One more window for the rest, unless it would begin in the padding at the end.
      let hasRest = room < 0 ? room > -stride : room % stride != 0
      if ceilMode, parameters.autoPad == .notSet, hasRest,
        try ShapeRules.product(count, stride) < ShapeRules.sum(input[axis], begin)
      {
        count += 1
      }
      guard count > 0 else {
        throw .invalid(
          "\(name) of \(input): a kernel reaching over \(reach), more than there is on spatial axis "
            + "\(axis) with its padding")
      }
      begins.append(begin)
      ends.append(end)
      output.append(count)
    }
    self.init(
      input: input, attributes: attributes, output: output, padBegins: begins, padEnds: ends)
  }

  /// A window whose extents are known; padding may be negative.
  init(
    input: [Int], attributes: WindowAttributes, output: [Int], padBegins: [Int], padEnds: [Int]
  ) {
    self.input = input
    kernel = attributes.kernel
    self.output = output
    strides = attributes.strides
    dilations = attributes.dilations
    self.padBegins = padBegins
    self.padEnds = padEnds
  }

  /// SAME: as many outputs as `ceil(input / stride)`; an odd pad goes to the upper or lower side.
  static func padding(
    _ rule: AutoPad, input: Int, stride: Int, reach: Int, explicit: (Int, Int)
  ) throws(KernelError) -> (begin: Int, end: Int) {
    switch rule {
    case .notSet: return explicit
    case .valid: return (0, 0)
    case .sameUpper, .sameLower:
      guard input > 0 else { return (0, 0) }
      let lastStart = (input - 1) / stride * stride
      let total = try Swift.max(ShapeRules.sum(lastStart, reach, -input), 0)
      let small = total / 2
      return rule == .sameUpper ? (small, total - small) : (total - small, small)
    }
  }
}

/// A window's attributes, checked, with ONNX's defaults for those that are absent.
struct WindowAttributes {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// The begins of all axes, then their ends.
  let pads: [Int]
  /// Elements from the first to the last that the kernel meets on each axis.
  let reaches: [Int]

  init(
    _ name: String, kernel: [Int], _ parameters: ConvParameters, pads: [Int]
  ) throws(KernelError) {
    guard parameters.kernelShape.isEmpty || parameters.kernelShape == kernel,
      kernel.allSatisfy({ $0 > 0 })
    else {
      throw .invalid("\(name): kernel_shape \(parameters.kernelShape) for a kernel of \(kernel)")
    }
    let ones = kernel.map { _ in 1 }
    self.kernel = kernel
    strides = parameters.strides.isEmpty ? ones : parameters.strides
    dilations = parameters.dilations.isEmpty ? ones : parameters.dilations
    self.pads = pads.isEmpty ? [Int](repeating: 0, count: 2 * kernel.count) : pads
    guard strides.count == kernel.count, dilations.count == kernel.count,
      self.pads.count == 2 * kernel.count, (strides + dilations).allSatisfy({ $0 > 0 }),
      self.pads.allSatisfy({ $0 >= 0 })
    else {
      throw .invalid(
        "\(name) over \(kernel.count) axes: strides \(strides), dilations \(dilations), "
          + "pads \(self.pads)")
    }
    var reaches: [Int] = []
    for (extent, dilation) in zip(kernel, dilations) {
      reaches.append(try ShapeRules.sum(ShapeRules.product(extent - 1, dilation), 1))
    }
    self.reaches = reaches
  }
}
