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

  /// How the products are done.
  enum Form {
    /// Rows of windows times a weight packed for each group: the result has its channels last.
    case rows([PackedFloatMatrix])
    /// The weight times packed columns of windows: the result has its channels first.
    case columns
    /// Each plane by kernels of its own.
    case depthwise
  }

  /// Channels of the result.
  public let channels: Int
  /// Order of the result's dimensions.
  public let layout: Layout
  let form: Form
  let parameters: ConvParameters
  /// float32 [outputs, channels / group, height, width]; aligned, unless it is only packed.
  let weight: Tensor
  let bias: Tensor?

  /// ONNX Conv-22 of images [batch, channels, height, width].
  ///
  /// - Parameters:
  ///   - weight: float32 [outputs, channels / group, height, width], aligned or not.
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
    self.parameters = parameters
    self.bias = bias
    self.layout = layout
    if layout == .channelsLast {
      self.weight = weight
      form = .rows(try Self.packed(weight, groups: group, for: executor))
    } else {
      self.weight = weight.aligned()
      form = group > 1 && shape[1] == 1 ? .depthwise : .columns
    }
  }

  private static func packed(
    _ weight: Tensor, groups: Int, for executor: Executor
  ) throws(KernelError) -> [PackedFloatMatrix] {
    let outputs = weight.shape[0] / groups
    let depth = weight.shape[1] * weight.shape[2] * weight.shape[3]
    var result: [PackedFloatMatrix] = []
    for place in 0..<groups {
      let part = Tensor(
        .float32, shape: [outputs, depth], storage: weight.storage,
        byteOffset: weight.byteOffset + place * outputs * depth * MemoryLayout<Float>.stride)
      result.append(try PackedFloatMatrix(part, transposed: true, for: executor))
    }
    return result
  }

  /// Products behind each element of the result.
  public var depth: Int { weight.shape[1] * weight.shape[2] * weight.shape[3] }

  /// How a run on images of `shape` goes.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where the weight or the attributes do not fit the images.
  public func plan(_ shape: [Int], for executor: Executor) throws(KernelError) -> ConvolutionPlan {
    let geometry = try ConvGeometry(x: shape, weight: weight.shape, parameters)
    let (height, width) = (geometry.output[0], geometry.output[1])
    let places = try ShapeRules.elementCount(geometry.output)
    let floats: Int
    var phases = DepthwisePhases(rows: 0, width: 0, stride: 0)
    switch form {
    case .rows: floats = try ShapeRules.product(ShapeRules.product(shape[0], places), depth)
    case .columns:
      let panel = executor.float.panel
      floats = try ShapeRules.product((places + panel - 1) / panel * panel, depth)
    case .depthwise:
      phases = try DepthwisePhases(geometry)
      floats = try ShapeRules.product(executor.pool.threadCount, phases.count)
    }
    return ConvolutionPlan(
      inputShape: shape, weightShape: weight.shape, layout: layout, geometry: geometry,
      places: places, phases: phases,
      outputShape: layout == .channelsFirst
        ? [shape[0], channels, height, width] : [shape[0], height, width, channels],
      workspace: try ShapeRules.product(floats, MemoryLayout<Float>.stride))
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
  let phases: DepthwisePhases
  /// Shape of the result.
  public let outputShape: [Int]
  /// Bytes of workspace that a run needs.
  public let workspace: Int
}

extension Executor {
  /// Convolves images: ONNX Conv-22.
  ///
  /// - Parameters:
  ///   - x: float32 of the shape that `plan` was made for.
  ///   - convolution: Made for this executor.
  ///   - plan: Made by `convolution` for this executor.
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
      x.shape == plan.inputShape && convolution.weight.shape == plan.weightShape
        && convolution.layout == plan.layout,
      "Conv of \(x.shape), planned for \(plan.inputShape)")
    let rows = x.shape[0] * plan.places
    try Tensor.requireFloats(output, count: rows * convolution.channels, "Conv's output")
    try require(
      workspace.byteCount >= plan.workspace && !workspace.storage.isReadOnly,
      "Conv's workspace has \(workspace.byteCount) bytes of \(plan.workspace)")
    guard output.count > 0 else { return }
    switch convolution.form {
    case .depthwise: depthwise(x, convolution, plan, workspace, into: output)
    case .columns: multiplyColumns(x, convolution, plan, workspace, into: output)
    case .rows(let groups):
      let windows = workspace.mutableFloats
      for (group, weight) in groups.enumerated() {
        let arguments = windowArguments(
          x.floats, plan, image: 0, group: group, into: windows)
        parallel(
          rows, grain: rowGrain(columns: weight.depth), vitq_f32_im2col_task, arguments)
        let first = group * weight.columns
        let epilogue = vitq_f32_epilogue(
          bias: convolution.bias.map { $0.floats + first }, row_bias: nil,
          activation: VITQ_ACTIVATION_NONE, scale: nil, residual: nil, residual_stride: 0)
        try multiply(
          rows: rows, windows, weight, epilogue, output.mutableFloats + first,
          stride: convolution.channels)
      }
    }
  }

  /// For each image and group: its windows packed as columns, the weight times them. So the channels
  /// come first without a transposition.
  private func multiplyColumns(
    _ x: Tensor, _ convolution: Convolution, _ plan: ConvolutionPlan, _ workspace: Tensor,
    into output: Tensor
  ) {
    let groups = convolution.parameters.group
    let rows = convolution.channels / groups
    let (depth, places, panel) = (convolution.depth, plan.places, float.panel)
    let panels = (places + panel - 1) / panel
    let block = rowBlock(rows: rows, panels: panels)
    for image in 0..<x.shape[0] {
      for group in 0..<groups {
        let windows = windowArguments(
          x.floats, plan, image: image, group: group, into: workspace.mutableFloats)
        parallel(
          panels, grain: rowGrain(columns: depth * panel), vitq_f32_pack_windows_task,
          vitq_f32_window_packing(windows: windows, panel: panel))
        let first = group * rows
        let epilogue = vitq_f32_epilogue(
          bias: nil, row_bias: convolution.bias.map { $0.floats + first },
          activation: VITQ_ACTIVATION_NONE, scale: nil, residual: nil, residual_stride: 0)
        let product = vitq_f32_gemm(
          rows: rows, columns: places, depth: depth,
          a: convolution.weight.floats + first * depth, a_stride: depth, b: workspace.floats,
          c: output.mutableFloats + (image * convolution.channels + first) * places,
          c_stride: places, epilogue: epilogue, row_block: block)
        parallel((rows + block - 1) / block * panels, float.gemm, product)
      }
    }
  }

  /// The windows of one group of channels, from `image` on.
  private func windowArguments(
    _ x: UnsafePointer<Float>, _ plan: ConvolutionPlan, image: Int, group: Int,
    into rows: UnsafeMutablePointer<Float>
  ) -> vitq_f32_im2col {
    let geometry = plan.geometry
    let channels = plan.weightShape[1]
    let plane = geometry.input[0] * geometry.input[1]
    let stride = plan.inputShape[1] * plane
    return vitq_f32_im2col(
      x: x + image * stride + group * channels * plane, batch_stride: stride, channels: channels,
      height: geometry.input[0], width: geometry.input[1], kernel_height: geometry.kernel[0],
      kernel_width: geometry.kernel[1], output_height: geometry.output[0],
      output_width: geometry.output[1], stride_y: geometry.strides[0],
      stride_x: geometry.strides[1], dilation_y: geometry.dilations[0],
      dilation_x: geometry.dilations[1], pad_top: geometry.padBegins[0],
      pad_left: geometry.padBegins[1], rows: rows)
  }
}
