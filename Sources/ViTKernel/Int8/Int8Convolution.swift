import CKernels

/// A convolution of images of bytes by a constant weight of bytes, ready to run: windows become rows of
/// a matrix, which is multiplied by the packed weight.
public final class Int8Convolution: Sendable {
  /// Channels of the result.
  public let channels: Int
  /// Order of the result's dimensions.
  public let layout: Convolution.Layout
  let weightShape: [Int]
  let parameters: ConvParameters
  let groups: [PackedInt8Matrix]

  /// The convolution by `weight`, int8 or uint8 [outputs, channels / group, height, width].
  ///
  /// - Throws: ``KernelError/unsupported(_:)`` where there are not two spatial dimensions, or several
  ///   groups with the channels last; ``KernelError/invalid(_:)`` where the attributes do not fit the
  ///   weight.
  public init(
    weight: Tensor, parameters: ConvParameters, layout: Convolution.Layout = .channelsFirst,
    for executor: Executor
  ) throws(KernelError) {
    try requireBytes(weight, "Conv's weight")
    let (shape, group) = (weight.shape, parameters.group)
    guard shape.count == 4, layout == .channelsFirst || group == 1 else {
      throw .unsupported("Conv with a weight of shape \(shape) in \(group) groups")
    }
    try require(
      group > 0 && shape[0] % group == 0,
      "Conv's \(shape[0]) outputs can't be divided among \(group) groups")
    channels = shape[0]
    weightShape = shape
    self.parameters = parameters
    self.layout = layout
    let (outputs, depth) = (shape[0] / group, shape[1] * shape[2] * shape[3])
    var groups: [PackedInt8Matrix] = []
    for place in 0..<group {
      let part = weight.view(
        weight.elementType, shape: [outputs, depth], at: place * outputs * depth)
      groups.append(try PackedInt8Matrix(part, transposed: true, for: executor))
    }
    self.groups = groups
  }

  /// How a run on images of `shape` and `type` goes.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the weight or the attributes do not fit the images.
  public func plan(
    _ shape: [Int], type: ElementType, for executor: Executor
  ) throws(KernelError) -> Int8ConvolutionPlan {
    let geometry = try ConvGeometry(x: shape, weight: weightShape, parameters)
    let rows = shape[0] * geometry.output[0] * geometry.output[1]
    let depth = weightShape[1] * weightShape[2] * weightShape[3]
    let outputs = channels / parameters.group
    let productAt = TensorStorage.aligned(rows * depth)
    let product = layout == .channelsFirst ? rows * outputs * MemoryLayout<Int32>.size : 0
    let scratchAt = productAt + TensorStorage.aligned(product)
    return Int8ConvolutionPlan(
      inputShape: shape, geometry: geometry, rows: rows, depth: depth, productAt: productAt,
      scratchAt: scratchAt,
      workspace: scratchAt
        + executor.int8ProductWorkspace(aShape: [rows, depth], aType: type))
  }
}

/// How a convolution of images of bytes of one shape goes.
public struct Int8ConvolutionPlan: Sendable {
  let inputShape: [Int]
  let geometry: ConvGeometry
  /// Windows in all images, and elements in each.
  let rows: Int
  let depth: Int
  let productAt: Int
  let scratchAt: Int
  /// Bytes of workspace that a run needs.
  public let workspace: Int
}

/// What the integers of a convolution's weight stand for: one of each, or one for each output channel.
public struct ConvolutionScales: Sendable {
  /// float32; nil where the result is int32.
  public var scale: Tensor?
  /// Of the weight's type; nil stands for zero.
  public var zeroPoint: Tensor?
  /// float32 [outputs], or nil.
  public var bias: Tensor?

  /// Parameters of a weight.
  public init(scale: Tensor? = nil, zeroPoint: Tensor? = nil, bias: Tensor? = nil) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.bias = bias
  }

  /// Those of `count` channels from `first` on.
  func part(_ first: Int, _ count: Int) throws(KernelError) -> ConvolutionScales {
    ConvolutionScales(
      scale: try Self.part(of: scale, first, count),
      zeroPoint: try Self.part(of: zeroPoint, first, count),
      bias: try Self.part(of: bias, first, count))
  }

  private static func part(
    of tensor: Tensor?, _ first: Int, _ count: Int
  ) throws(KernelError) -> Tensor? {
    guard let tensor, tensor.count != 1 else { return tensor?.reshaped([1]) }
    try require(
      tensor.count >= first + count, "\(tensor.count) parameters for channel \(first + count)")
    return tensor.view(
      tensor.elementType, shape: [count], at: first * tensor.elementType.byteCount)
  }
}

extension Executor {
  /// Convolves images of bytes: float32 `output`, the sums times `x.scale` and the weight's scale, and
  /// the bias; or, where the weight has no scale, the int32 sums of ConvInteger-10.
  ///
  /// - Parameters:
  ///   - x: Of the shape and type that `plan` was made for, with one scale and zero point.
  ///   - workspace: uint8, at least the plan's ``Int8ConvolutionPlan/workspace`` bytes.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit.
  public func convolve(
    _ x: QuantizedTensor, _ convolution: Int8Convolution, _ scales: ConvolutionScales,
    plan: Int8ConvolutionPlan, workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    let type: ElementType = scales.scale == nil ? .int32 : .float32
    try requireBytes(x.values, "Conv's input")
    try requireZeroPoint(x.zeroPoint, of: x.values.elementType, count: 1, "Conv's input")
    try require(
      x.values.shape == plan.inputShape && output.elementType == type
        && output.count == plan.rows * convolution.channels,
      "Conv of \(x.values.shape) into \(output.elementType) \(output.shape)")
    try require(
      workspace.byteCount >= plan.workspace,
      "Conv's workspace has \(workspace.byteCount) bytes of \(plan.workspace)")
    guard output.count > 0 else { return }
    let windows = workspace.view(x.values.elementType, shape: [plan.rows, plan.depth], at: 0)
    let scratch = workspace.view(
      .uint8, shape: [plan.workspace - plan.scratchAt], at: plan.scratchAt)
    let isTransposed = convolution.layout == .channelsFirst
    for (group, weight) in convolution.groups.enumerated() {
      gatherWindows(x, convolution, plan, group: group, into: windows)
      let shape = [plan.rows, weight.columns]
      let product =
        isTransposed
        ? workspace.view(type, shape: shape, at: plan.productAt) : output.reshaped(shape)
      let part = try scales.part(group * weight.columns, weight.columns)
      if let scale = part.scale {
        try quantizedGemm(
          QuantizedTensor(values: windows, scale: x.scale, zeroPoint: x.zeroPoint), weight,
          bScale: scale, bZeroPoint: part.zeroPoint, epilogue: Epilogue(bias: part.bias),
          into: product, workspace: scratch)
      } else {
        try integerMatMul(
          windows, zeroPoint: x.zeroPoint, weight, bZeroPoint: part.zeroPoint, into: product,
          workspace: scratch)
      }
      if isTransposed {
        toChannelsFirst(product, convolution, plan, group: group, into: output)
      }
    }
  }

  private func gatherWindows(
    _ x: QuantizedTensor, _ convolution: Int8Convolution, _ plan: Int8ConvolutionPlan, group: Int,
    into rows: Tensor
  ) {
    let geometry = plan.geometry
    let channels = convolution.weightShape[1]
    let plane = geometry.input[0] * geometry.input[1]
    let arguments = vitq_int8_im2col(
      x: x.values.bytePointer + group * channels * plane, batch_stride: plan.inputShape[1] * plane,
      channels: channels, height: geometry.input[0], width: geometry.input[1],
      kernel_height: geometry.kernel[0], kernel_width: geometry.kernel[1],
      output_height: geometry.output[0], output_width: geometry.output[1],
      stride_y: geometry.strides[0], stride_x: geometry.strides[1],
      dilation_y: geometry.dilations[0], dilation_x: geometry.dilations[1],
      pad_top: geometry.padBegins[0], pad_left: geometry.padBegins[1],
      outside: x.zeroPoint?.bytePointer.pointee ?? 0,
      rows: rows.mutableBytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    parallel(plan.rows, grain: grain(plan.rows), vitq_int8_im2col_task, arguments)
  }

  private func toChannelsFirst(
    _ rows: Tensor, _ convolution: Int8Convolution, _ plan: Int8ConvolutionPlan, group: Int,
    into output: Tensor
  ) {
    let columns = rows.shape[1]
    let batch = plan.inputShape[0]
    let places = plan.rows / max(1, batch)
    let first = group * columns * places * MemoryLayout<Float>.size
    let arguments = vitq_copy(
      element_size: MemoryLayout<Float>.size, rank: 3,
      dims: (batch, columns, places, 1, 1, 1, 1, 1),
      source_strides: (places * columns, 1, columns, 0, 0, 0, 0, 0),
      destination_strides: (places * convolution.channels, places, 1, 0, 0, 0, 0, 0),
      source: rows.bytes.baseAddress,
      destination: output.mutableBytes.baseAddress.map { $0 + first })
    var grain = 1
    let items = withUnsafePointer(to: arguments) { vitq_copy_items($0, &grain) }
    parallel(items, grain: grain, vitq_copy_task, arguments)
  }
}
