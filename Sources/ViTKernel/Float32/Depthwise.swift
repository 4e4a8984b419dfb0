import CKernels

/// The padded plane of a depthwise convolution, each row cut into `stride` runs: see
/// `vitq_f32_depthwise`.
struct DepthwisePhases: Sendable {
  /// Rows of the padded plane that the windows meet.
  let rows: Int
  /// Elements of a run, a vector more than are needed.
  let width: Int
  let stride: Int

  init(rows: Int, width: Int, stride: Int) {
    self.rows = rows
    self.width = width
    self.stride = stride
  }

  /// Those of `geometry`.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where they would be too large for memory.
  init(_ geometry: ConvGeometry) throws(KernelError) {
    let (kernel, dilations) = (geometry.kernel, geometry.dilations)
    // None of these overflows: the windows lie within the padded input.
    rows =
      (geometry.output[0] - 1) * geometry.strides[0] + (kernel[0] - 1) * dilations[0] + 1
    // One column makes no step, however long it would be.
    stride = geometry.output[1] == 1 ? 1 : geometry.strides[1]
    let reached = geometry.output[1] + (kernel[1] - 1) * dilations[1] / stride
    // Longest vector of any instruction set.
    width = (reached + 2 * 16 - 1) / 16 * 16
    _ = try ShapeRules.elementCount([rows, stride, width])
  }

  /// Floats of a thread's scratch.
  var count: Int { rows * stride * width }
}

extension Executor {
  /// Convolution of each plane by kernels of its own; the operands are checked.
  func depthwise(
    _ x: Tensor, _ convolution: Convolution, _ plan: ConvolutionPlan, _ workspace: Tensor,
    into output: Tensor
  ) {
    let (geometry, channels) = (plan.geometry, x.shape[1])
    let arguments = vitq_f32_depthwise(
      channels: channels, multiplier: convolution.channels / channels,
      height: geometry.input[0], width: geometry.input[1], output_height: geometry.output[0],
      output_width: geometry.output[1], kernel_height: geometry.kernel[0],
      kernel_width: geometry.kernel[1], stride_y: geometry.strides[0],
      stride_x: plan.phases.stride, dilation_y: geometry.dilations[0],
      dilation_x: geometry.dilations[1], pad_top: geometry.padBegins[0],
      pad_left: geometry.padBegins[1], phase_rows: plan.phases.rows,
      phase_width: plan.phases.width, x: x.floats, weight: convolution.weight.floats,
      bias: convolution.bias?.floats, y: output.mutableFloats, scratch: workspace.mutableFloats,
      scratch_stride: plan.phases.count)
    parallel(
      x.shape[0] * channels, grain: rowGrain(columns: plan.phases.count), float.depthwise,
      arguments)
  }
}
