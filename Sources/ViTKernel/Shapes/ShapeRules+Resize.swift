/// How far Resize goes along each axis.
public struct ResizeGeometry: Sendable, Hashable {
  /// Output over input for each axis.
  public let scales: [Double]
  /// The shape of the result.
  public let output: [Int]

  /// Resolves the scales or sizes of a Resize of `input`: one of the two must be there.
  ///
  /// - Parameters:
  ///   - scales: A factor for each of the operator's axes.
  ///   - sizes: A size for each of them.
  public init(
    input: [Int], scales: [Float]?, sizes: [Int]?, _ parameters: ResizeParameters
  ) throws(KernelError) {
    let axes = try ShapeRules.axes(parameters.axes ?? Array(input.indices), rank: input.count)
    var factors = [Double](repeating: 1, count: input.count)
    var output = input
    if let sizes {
      guard scales == nil, sizes.count == axes.count, sizes.allSatisfy({ $0 >= 0 }) else {
        throw .invalid("Resize of \(input) to sizes \(sizes) on axes \(axes)")
      }
      let ratios = zip(axes, sizes).map { Double($1) / Double(Swift.max(input[$0], 1)) }
      let common = parameters.aspect == .notLarger ? ratios.min() : ratios.max()
      for (index, axis) in axes.enumerated() {
        if parameters.aspect == .stretch {
          (factors[axis], output[axis]) = (ratios[index], sizes[index])
        } else {
          factors[axis] = common ?? 1
          output[axis] = try Self.size(Double(input[axis]) * factors[axis] + 0.5, input)
        }
      }
    } else {
      guard let scales, scales.count == axes.count, scales.allSatisfy({ $0 > 0 && $0.isFinite })
      else { throw .invalid("Resize of \(input) by scales \(scales ?? []) on axes \(axes)") }
      for (axis, scale) in zip(axes, scales) {
        factors[axis] = Double(scale)
        // In float32, as the factor is.
        output[axis] = try Self.size(Double(Float(input[axis]) * scale), input)
      }
    }
    self.scales = factors
    self.output = try ShapeRules.checked(output)
  }

  private static func size(_ value: Double, _ input: [Int]) throws(KernelError) -> Int {
    guard value >= 0, value < Double(ShapeRules.maximumElementCount) else {
      throw .invalid("Resize of \(input) to a size of \(value)")
    }
    return Int(value.rounded(.down))
  }
}

extension ShapeRules {
  /// MaxPool and its kin: [batch, channels, spatial...].
  public static func pool(_ x: [Int], _ parameters: PoolParameters) throws(KernelError) -> [Int] {
    try checked(x.prefix(2) + PoolGeometry(x: x, parameters).output)
  }

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
}

/// The windows of a pooling operator for concrete shapes.
public struct PoolGeometry: Sendable, Hashable {
  /// Extent of the input.
  public let input: [Int]
  /// Extent of the window.
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

  /// Resolves and checks `parameters` for an input of this shape.
  public init(x: [Int], _ parameters: PoolParameters) throws(KernelError) {
    guard x.count >= 2 else { throw .invalid("pooling of \(x): no batch and channels") }
    let rank = x.count - 2
    input = Array(x[2...])
    kernel = parameters.kernel.isEmpty ? input : parameters.kernel
    let ones = [Int](repeating: 1, count: rank)
    strides = parameters.strides.isEmpty ? ones : parameters.strides
    dilations = parameters.dilations.isEmpty ? ones : parameters.dilations
    let pads = parameters.pads.isEmpty ? [Int](repeating: 0, count: 2 * rank) : parameters.pads
    guard kernel.count == rank, strides.count == rank, dilations.count == rank,
      pads.count == 2 * rank, (strides + dilations).allSatisfy({ $0 > 0 }),
      pads.allSatisfy({ $0 >= 0 }), parameters.kernel.allSatisfy({ $0 > 0 })
    else {
      throw .invalid(
        "pooling of \(x): kernel \(kernel), strides \(strides), dilations \(dilations), pads \(pads)"
      )
    }
    var (begins, ends, output): ([Int], [Int], [Int]) = ([], [], [])
    for axis in 0..<rank {
      let reach = try ShapeRules.sum(ShapeRules.product(kernel[axis] - 1, dilations[axis]), 1)
      let (begin, end) = try ConvGeometry.padding(
        parameters.autoPad, input: input[axis], stride: strides[axis], reach: reach,
        explicit: (pads[axis], pads[axis + rank]))
      let room = try ShapeRules.sum(input[axis], begin, end, -reach)
      guard room >= 0 else {
        throw .invalid("pooling of \(x): a window reaching over \(reach) on axis \(axis + 2)")
      }
      var count = room / strides[axis] + 1
      // The last window must begin within the input or the padding before it.
      if parameters.ceilMode, !room.isMultiple(of: strides[axis]),
        count * strides[axis] < input[axis] + begin
      {
        count += 1
      }
      begins.append(begin)
      ends.append(end)
      output.append(count)
    }
    (padBegins, padEnds, self.output) = (begins, ends, output)
  }
}
