import CKernels

/// How a pool over images of one shape goes.
public struct PoolPlan: Sendable {
  let inputShape: [Int]
  let outputShape: [Int]
  let takesLargest: Bool
  let geometry: ConvGeometry
  /// Elements of a padded row that the windows meet.
  let line: Int
  /// Distance of the threads' scratch in floats.
  let stride: Int
  /// Divisors of a mean for each row and then for each column of the result; empty for the largest.
  let counts: Tensor
  /// Bytes of workspace that a run needs.
  public let workspace: Int

  /// MaxPool or AveragePool of images [batch, channels, height, width].
  ///
  /// - Throws: ``KernelError/unsupported(_:)`` for other operations and dimensions, or windows much
  ///   larger than an image; ``KernelError/invalid(_:)`` where the attributes do not fit.
  public init(
    _ operation: PoolOperation, _ shape: [Int], _ parameters: PoolParameters,
    for executor: Executor
  ) throws(KernelError) {
    guard shape.count == 4 else { throw .unsupported("a kernel for pooling of \(shape)") }
    let geometry = try ShapeRules.poolGeometry(shape, parameters)
    self.geometry = geometry
    inputShape = shape
    outputShape = try ShapeRules.pool(shape, parameters)
    switch operation {
    case .max:
      takesLargest = true
      counts = Tensor(.float32, shape: [0])
    case .average(let countsPadding):
      takesLargest = false
      let counts = (0..<2).flatMap { Self.counts(geometry, axis: $0, countsPadding) }
      self.counts = Tensor(counts, shape: [counts.count])
    case .lp: throw .unsupported("a kernel for LpPool")
    }
    let last = try ShapeRules.product(geometry.output[1] - 1, geometry.strides[1])
    let reach = try ShapeRules.product(geometry.kernel[1] - 1, geometry.dilations[1])
    let line = try Swift.max(
      ShapeRules.sum(last, reach, 1), ShapeRules.sum(geometry.padBegins[1], 1))
    guard line <= 1 << 24 else { throw .unsupported("a kernel for windows of \(line) columns") }
    self.line = line
    // The last vector of a row may reach beyond it.
    stride = (line + 2 * 16 - 1) / 16 * 16
    workspace = executor.pool.threadCount * stride * MemoryLayout<Float>.stride
  }

  /// How many elements a window has along an axis, in the input or in its padding as well.
  private static func counts(
    _ geometry: ConvGeometry, axis: Int, _ countsPadding: Bool
  ) -> [Float] {
    let begin = countsPadding ? geometry.padBegins[axis] : 0
    let end = countsPadding ? geometry.padEnds[axis] : 0
    return (0..<geometry.output[axis]).map { output in
      let start = geometry.start(of: output, axis: axis) + begin
      return Float(
        geometry.steps(from: start, axis: axis, below: geometry.input[axis] + begin + end).count)
    }
  }
}

extension Executor {
  /// Pools images: ONNX MaxPool-22 without indices, AveragePool-22.
  ///
  /// - Parameters:
  ///   - x: float32 of the shape that `plan` was made for.
  ///   - plan: Made for this executor.
  ///   - workspace: uint8, at least the plan's ``PoolPlan/workspace`` bytes.
  ///   - output: float32 [batch, channels, output height, output width].
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit.
  public func pool(
    _ x: Tensor, plan: PoolPlan, workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("a pool's input")
    try output.requireWritableFloat("a pool's output")
    try require(
      x.shape == plan.inputShape && output.shape == plan.outputShape,
      "a pool of \(x.shape) into \(output.shape), planned for \(plan.inputShape)")
    try require(
      workspace.byteCount >= plan.workspace && !workspace.storage.isReadOnly,
      "a pool's workspace has \(workspace.byteCount) bytes of \(plan.workspace)")
    guard output.count > 0 else { return }
    let geometry = plan.geometry
    let (rows, columns) = (geometry.output[0], geometry.output[1])
    let arguments = vitq_f32_pool(
      largest: plan.takesLargest, height: geometry.input[0], width: geometry.input[1],
      output_height: rows, output_width: columns, kernel_height: geometry.kernel[0],
      kernel_width: geometry.kernel[1], stride_y: geometry.strides[0],
      stride_x: geometry.strides[1], dilation_y: geometry.dilations[0],
      dilation_x: geometry.dilations[1], pad_top: geometry.padBegins[0],
      pad_left: geometry.padBegins[1], line: plan.line, x: x.floats, y: output.mutableFloats,
      row_counts: plan.counts.floats,
      column_counts: plan.counts.floats + (plan.takesLargest ? 0 : rows),
      scratch: workspace.mutableFloats, scratch_stride: plan.stride)
    parallel(
      output.count / columns, grain: rowGrain(columns: plan.line * geometry.kernel[0]), float.pool,
      arguments)
  }
}
