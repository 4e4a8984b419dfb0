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
  let groupChannels: Int
  let window: Window
  let bias: Tensor?
  let groups: [PackedFloatMatrix]

  struct Window: Sendable {
    var height: Int
    var width: Int
    var strides: (y: Int, x: Int)
    var dilations: (y: Int, x: Int)
    var pads: (top: Int, left: Int, bottom: Int, right: Int)
    var autoPad: AutoPad
  }

  /// ONNX Conv-11 of images [batch, channels, height, width].
  ///
  /// - Parameters:
  ///   - weight: float32 [outputs, channels / group, height, width]; it is packed.
  ///   - bias: float32 [outputs], or nil.
  ///   - layout: Order of the result's dimensions.
  /// - Throws: ``KernelError/unsupported(_:)`` where there are not two spatial dimensions;
  ///   ``KernelError/invalid(_:)`` where the attributes do not fit the weight.
  public init(
    weight: Tensor, bias: Tensor?, parameters: ConvParameters,
    layout: Layout = .channelsFirst, kernels: KernelSet
  ) throws(KernelError) {
    try weight.requireFloat("Conv's weight")
    guard weight.shape.count == 4 else {
      throw .unsupported("Conv with a weight of shape \(weight.shape), not of four dimensions")
    }
    let shape = weight.shape
    try require(
      parameters.kernelShape.isEmpty || parameters.kernelShape == Array(shape[2...]),
      "Conv's kernel_shape \(parameters.kernelShape) is not that of its weight \(shape)")
    try require(
      parameters.group > 0 && shape[0] % parameters.group == 0,
      "Conv's \(shape[0]) outputs can't be divided among \(parameters.group) groups")
    try Tensor.requireFloats(bias, count: shape[0], "Conv's bias")
    channels = shape[0]
    groupChannels = shape[1]
    window = try Window(height: shape[2], width: shape[3], parameters)
    self.bias = bias
    self.layout = layout
    let outputs = shape[0] / parameters.group
    let depth = shape[1] * shape[2] * shape[3]
    var groups: [PackedFloatMatrix] = []
    for group in 0..<parameters.group {
      let part = Tensor(
        .float32, shape: [outputs, depth], storage: weight.storage,
        byteOffset: weight.byteOffset + group * outputs * depth * MemoryLayout<Float>.stride)
      groups.append(try PackedFloatMatrix(part, transposed: true, kernels: kernels))
    }
    self.groups = groups
  }

  /// Shape of the result for images of `shape`.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the weight does not fit the images.
  public func outputShape(_ shape: [Int]) throws(KernelError) -> [Int] {
    let size = try outputSize(shape)
    return layout == .channelsFirst
      ? [shape[0], channels, size.height, size.width]
      : [shape[0], size.height, size.width, channels]
  }

  /// Bytes of workspace that a run on images of `shape` needs.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the weight does not fit the images.
  public func workspace(_ shape: [Int]) throws(KernelError) -> Int {
    let size = try outputSize(shape)
    let rows = shape[0] * size.height * size.width
    let product = layout == .channelsFirst ? channels : 0
    return rows * (groups[0].depth + product) * MemoryLayout<Float>.stride
  }

  func outputSize(_ shape: [Int]) throws(KernelError) -> (height: Int, width: Int) {
    try require(
      shape.count == 4 && shape[1] == groupChannels * groups.count,
      "Conv's input \(shape) does not have \(groupChannels * groups.count) channels of images")
    let y = window.places(shape[2], window.height, window.strides.y, window.dilations.y, .y)
    let x = window.places(shape[3], window.width, window.strides.x, window.dilations.x, .x)
    try require(
      y.count > 0 && x.count > 0,
      "Conv's input \(shape) is smaller than its kernel \(window.height) x \(window.width)")
    return (y.count, x.count)
  }
}

extension Convolution.Window {
  enum Direction { case y, x }

  init(height: Int, width: Int, _ parameters: ConvParameters) throws(KernelError) {
    let strides = parameters.strides.isEmpty ? [1, 1] : parameters.strides
    let dilations = parameters.dilations.isEmpty ? [1, 1] : parameters.dilations
    let pads = parameters.pads.isEmpty ? [0, 0, 0, 0] : parameters.pads
    try require(
      strides.count == 2 && dilations.count == 2 && pads.count == 4
        && strides.allSatisfy { $0 > 0 } && dilations.allSatisfy { $0 > 0 }
        && pads.allSatisfy { $0 >= 0 } && height > 0 && width > 0,
      "Conv's strides \(strides), dilations \(dilations) or pads \(pads)")
    self.height = height
    self.width = width
    self.strides = (strides[0], strides[1])
    self.dilations = (dilations[0], dilations[1])
    self.pads = (pads[0], pads[1], pads[2], pads[3])
    autoPad = parameters.autoPad
  }

  /// How many places the kernel takes along a dimension of `size`, and how far before the image's
  /// edge it begins.
  func places(
    _ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ direction: Direction
  ) -> (count: Int, pad: Int) {
    let reach = dilation * (kernel - 1) + 1
    switch autoPad {
    case .notSet, .valid:
      let explicit = autoPad == .notSet
      let before = direction == .y ? pads.top : pads.left
      let after = direction == .y ? pads.bottom : pads.right
      let padded = size + (explicit ? before + after : 0)
      return (padded < reach ? 0 : (padded - reach) / stride + 1, explicit ? before : 0)
    case .sameUpper, .sameLower:
      let count = (size + stride - 1) / stride
      let missing = max(0, (count - 1) * stride + reach - size)
      return (count, autoPad == .sameUpper ? missing / 2 : (missing + 1) / 2)
    }
  }
}

extension Executor {
  /// Convolves images: ONNX Conv-11.
  ///
  /// - Parameters:
  ///   - x: float32 [batch, channels, height, width].
  ///   - convolution: Packed for this executor's instruction set.
  ///   - workspace: uint8, at least ``Convolution/workspace(_:)`` bytes.
  ///   - output: float32 with the elements of ``Convolution/outputShape(_:)``.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit.
  public func convolve(
    _ x: Tensor, _ convolution: Convolution, workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("Conv's input")
    try output.requireWritableFloat("Conv's output")
    let size = try convolution.outputSize(x.shape)
    let places = size.height * size.width
    let rows = x.shape[0] * places
    try Tensor.requireFloats(output, count: rows * convolution.channels, "Conv's output")
    let needed = try convolution.workspace(x.shape)
    try require(
      workspace.byteCount >= needed && !workspace.storage.isReadOnly,
      "Conv's workspace has \(workspace.byteCount) bytes of \(needed)")
    guard output.count > 0 else { return }
    let windows = workspace.mutableFloats
    let isTransposed = convolution.layout == .channelsFirst
    let depth = convolution.groups[0].depth
    let product = isTransposed ? windows + rows * depth : output.mutableFloats
    for (group, weight) in convolution.groups.enumerated() {
      gatherWindows(x, convolution, group: group, size: size, into: windows)
      let first = group * weight.columns
      let epilogue = vitq_f32_epilogue(
        bias: convolution.bias.map { $0.floats + first }, activation: VITQ_ACTIVATION_NONE,
        residual: nil, residual_stride: 0)
      try multiply(
        rows: rows, windows, weight, epilogue, product + first, stride: convolution.channels)
    }
    if isTransposed {
      toChannelsFirst(
        product, batch: x.shape[0], places: places, channels: convolution.channels,
        into: output.mutableFloats)
    }
  }

  private func gatherWindows(
    _ x: Tensor, _ convolution: Convolution, group: Int, size: (height: Int, width: Int),
    into rows: UnsafeMutablePointer<Float>
  ) {
    let window = convolution.window
    let height = x.shape[2]
    let width = x.shape[3]
    let channels = convolution.groupChannels
    let y = window.places(height, window.height, window.strides.y, window.dilations.y, .y)
    let x0 = window.places(width, window.width, window.strides.x, window.dilations.x, .x)
    let arguments = vitq_f32_im2col(
      x: x.floats + group * channels * height * width,
      batch_stride: x.shape[1] * height * width, channels: channels, height: height, width: width,
      kernel_height: window.height, kernel_width: window.width, output_height: size.height,
      output_width: size.width, stride_y: window.strides.y, stride_x: window.strides.x,
      dilation_y: window.dilations.y, dilation_x: window.dilations.x, pad_top: y.pad,
      pad_left: x0.pad, rows: rows)
    parallel(
      x.shape[0] * size.height * size.width, grain: rowGrain(columns: convolution.groups[0].depth),
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
