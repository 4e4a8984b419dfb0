import CKernels

/// A convolution of images by a constant weight, ready to run.
public final class Convolution: Sendable {
  /// Order of the dimensions of a convolution's result.
  public enum Layout: Sendable, Hashable {
    /// [batch, channels, height, width]: ONNX's.
    case channelsFirst
    /// [batch, height, width, channels]: rows of features, as a transformer reads them.
    case channelsLast
  }

  /// Channels of the result.
  public let channels: Int
  /// Order of the result's dimensions.
  public let layout: Layout
  let weightShape: [Int]
  let parameters: ConvParameters
  let bias: Tensor?
  let groups: [PackedFloatMatrix]

  /// ONNX Conv-11 of images [batch, channels, height, width].
  ///
  /// - Parameters:
  ///   - weight: float32 [outputs, channels / group, height, width], aligned or not; it is packed.
  ///   - bias: float32 [outputs], or nil.
  ///   - layout: Order of the result's dimensions.
  /// - Throws: ``KernelError/unsupported(_:)`` where there are not two spatial dimensions;
  ///   ``KernelError/invalid(_:)`` where the attributes do not fit the weight.
  public init(
    weight: Tensor, bias: Tensor?, parameters: ConvParameters,
    layout: Layout = .channelsFirst, for executor: Executor
  ) throws(KernelError) {
    try weight.requireFloat("Conv's weight")
    guard weight.shape.count == 4 else {
      throw .unsupported("Conv with a weight of shape \(weight.shape), not of four dimensions")
    }
    let shape = weight.shape
    let group = parameters.group
    try require(
      group > 0 && shape[0] % group == 0,
      "Conv's \(shape[0]) outputs can't be divided among \(group) groups")
    try Tensor.requireFloats(bias, count: shape[0], "Conv's bias")
    channels = shape[0]
    weightShape = shape
    self.parameters = parameters
    self.bias = bias
    self.layout = layout
    let outputs = shape[0] / group
    let depth = shape[1] * shape[2] * shape[3]
    var groups: [PackedFloatMatrix] = []
    for place in 0..<group {
      let part = Tensor(
        .float32, shape: [outputs, depth], storage: weight.storage,
        byteOffset: weight.byteOffset + place * outputs * depth * MemoryLayout<Float>.stride)
      groups.append(try PackedFloatMatrix(part, transposed: true, for: executor))
    }
    self.groups = groups
  }

  /// How a run on images of `shape` goes.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the weight or the attributes do not fit the images.
  public func plan(_ shape: [Int]) throws(KernelError) -> ConvolutionPlan {
    let geometry = try ConvGeometry(x: shape, weight: weightShape, parameters)
    let (height, width) = (geometry.output[0], geometry.output[1])
    let places = height * width
    let product = layout == .channelsFirst ? channels : 0
    return ConvolutionPlan(
      inputShape: shape, weightShape: weightShape, layout: layout, geometry: geometry,
      places: places,
      outputShape: layout == .channelsFirst
        ? [shape[0], channels, height, width] : [shape[0], height, width, channels],
      workspace: shape[0] * places * (groups[0].depth + product) * MemoryLayout<Float>.stride)
  }
}

/// How a convolution of images of one shape goes.
public struct ConvolutionPlan: Sendable {
  let inputShape: [Int]
  let weightShape: [Int]
  let layout: Convolution.Layout
  let geometry: ConvGeometry
  /// Positions that the kernel takes in an image.
  let places: Int
  /// Shape of the result.
  public let outputShape: [Int]
  /// Bytes of workspace that a run needs.
  public let workspace: Int
}

extension Executor {
  /// Convolves images: ONNX Conv-11.
  ///
  /// - Parameters:
  ///   - x: float32 of the shape that `plan` was made for.
  ///   - convolution: Packed for this executor's instruction set.
  ///   - plan: Made by `convolution`.
  ///   - workspace: uint8, at least the plan's ``ConvolutionPlan/workspace`` bytes.
  ///   - output: float32 with the elements of the plan's ``ConvolutionPlan/outputShape``.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit.
  public func convolve(
    _ x: Tensor, _ convolution: Convolution, plan: ConvolutionPlan, workspace: Tensor,
    into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("Conv's input")
    try output.requireWritableFloat("Conv's output")
    try require(
      x.shape == plan.inputShape && convolution.weightShape == plan.weightShape
        && convolution.layout == plan.layout,
      "Conv of \(x.shape), planned for \(plan.inputShape)")
    let rows = x.shape[0] * plan.places
    try Tensor.requireFloats(output, count: rows * convolution.channels, "Conv's output")
    try require(
      workspace.byteCount >= plan.workspace && !workspace.storage.isReadOnly,
      "Conv's workspace has \(workspace.byteCount) bytes of \(plan.workspace)")
    guard output.count > 0 else { return }
    let windows = workspace.mutableFloats
    let isTransposed = convolution.layout == .channelsFirst
    let depth = convolution.groups[0].depth
    let product = isTransposed ? windows + rows * depth : output.mutableFloats
    for (group, weight) in convolution.groups.enumerated() {
      gatherWindows(x, convolution, plan, group: group, into: windows)
      let first = group * weight.columns
      let epilogue = vitq_f32_epilogue(
        bias: convolution.bias.map { $0.floats + first }, activation: VITQ_ACTIVATION_NONE,
        scale: nil, residual: nil, residual_stride: 0)
      try multiply(
        rows: rows, windows, weight, epilogue, product + first, stride: convolution.channels)
    }
    if isTransposed {
      toChannelsFirst(
        product, batch: x.shape[0], places: plan.places, channels: convolution.channels,
        into: output.mutableFloats)
    }
  }

  private func gatherWindows(
    _ x: Tensor, _ convolution: Convolution, _ plan: ConvolutionPlan, group: Int,
    into rows: UnsafeMutablePointer<Float>
  ) {
    let geometry = plan.geometry
    let channels = convolution.weightShape[1]
    let plane = geometry.input[0] * geometry.input[1]
    let arguments = vitq_f32_im2col(
      x: x.floats + group * channels * plane, batch_stride: x.shape[1] * plane, channels: channels,
      height: geometry.input[0], width: geometry.input[1], kernel_height: geometry.kernel[0],
      kernel_width: geometry.kernel[1], output_height: geometry.output[0],
      output_width: geometry.output[1], stride_y: geometry.strides[0],
      stride_x: geometry.strides[1], dilation_y: geometry.dilations[0],
      dilation_x: geometry.dilations[1], pad_top: geometry.padBegins[0],
      pad_left: geometry.padBegins[1], rows: rows)
    parallel(
      x.shape[0] * plan.places, grain: rowGrain(columns: convolution.groups[0].depth),
      vitq_f32_im2col_task, arguments)
  }

  private func toChannelsFirst(
    _ rows: UnsafePointer<Float>, batch: Int, places: Int, channels: Int,
    into output: UnsafeMutablePointer<Float>
  ) {
    let image = places * channels
    let arguments = vitq_copy(
      element_size: MemoryLayout<Float>.stride, rank: 3,
      dims: (batch, channels, places, 1, 1, 1, 1, 1),
      source_strides: (image, 1, channels, 0, 0, 0, 0, 0),
      destination_strides: (image, places, 1, 0, 0, 0, 0, 0), source: rows, destination: output)
    var grain = 1
    let items = withUnsafePointer(to: arguments) { vitq_copy_items($0, &grain) }
    parallel(items, grain: grain, vitq_copy_task, arguments)
  }
}
