import CKernels

extension Executor {
  /// Bytes of workspace that normalisations of `channels` channels need.
  public static func channelWorkspace(_ channels: Int) -> Int {
    2 * channels * MemoryLayout<Float>.stride
  }

  /// BatchNormalization-15 of inference:
  /// `(x - mean) / sqrt(variance + epsilon) * scale + bias` for each channel.
  ///
  /// - Parameters:
  ///   - x: float32 [batch, channels, ...].
  ///   - scale: float32 [channels], as `bias`, `mean` and `variance`.
  ///   - workspace: uint8, at least ``channelWorkspace(_:)`` bytes.
  ///   - output: float32 of the shape of `x`; may be `x`.
  /// - Throws: ``KernelError/invalid(_:)`` where the tensors do not fit together.
  public func batchNorm(
    _ x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float,
    workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    try require(x.shape.count >= 2, "BatchNormalization of shape \(x.shape)")
    let channels = x.shape[1]
    for parameter in [scale, bias, mean, variance] {
      try Tensor.requireFloats(parameter, count: channels, "a parameter of BatchNormalization")
    }
    let (factors, terms) = try channelFactors(channels, workspace)
    for channel in 0..<channels {
      let deviation = (variance.floats[channel] + epsilon).squareRoot()
      let factor = scale.floats[channel] / deviation
      factors.mutableFloats[channel] = factor
      terms.mutableFloats[channel] = bias.floats[channel] - mean.floats[channel] * factor
    }
    try scaleChannels(x, by: factors, plus: terms, into: output)
  }

  /// GroupNormalization-21, and InstanceNormalization-22 with a group to each channel: each group of
  /// channels of each image normalised by itself, then `* scale + bias`.
  ///
  /// - Parameters:
  ///   - x: float32 [batch, channels, ...].
  ///   - groups: A divisor of the channels.
  ///   - scale: float32 [channels], or [groups] as in version 18; so is `bias`.
  ///   - workspace: uint8, at least ``channelWorkspace(_:)`` bytes.
  ///   - output: float32 of the shape of `x`; may be `x`.
  /// - Throws: ``KernelError/invalid(_:)`` where the tensors do not fit together.
  public func groupNorm(
    _ x: Tensor, groups: Int, scale: Tensor, bias: Tensor, epsilon: Float, workspace: Tensor,
    into output: Tensor
  ) throws(KernelError) {
    try require(
      x.shape.count >= 2 && groups > 0 && x.shape[1] % groups == 0 && x.shape[1] > 0,
      "GroupNormalization of shape \(x.shape) in \(groups) groups")
    let channels = x.shape[1]
    let share = scale.count == channels ? 1 : channels / groups
    try Tensor.requireFloats(scale, count: channels / share, "GroupNormalization's scale")
    try Tensor.requireFloats(bias, count: channels / share, "GroupNormalization's bias")
    guard x.count > 0 else { return }
    let columns = channels / groups * x.shape[2...].reduce(1, *)
    let (factors, terms) = try channelFactors(channels, workspace)
    for channel in 0..<channels {
      factors.mutableFloats[channel] = scale.floats[channel / share]
      terms.mutableFloats[channel] = bias.floats[channel / share]
    }
    try layerNorm(x, columns: columns, scale: nil, bias: nil, epsilon: epsilon, into: output)
    try scaleChannels(output, by: factors, plus: terms, into: output)
  }

  private func channelFactors(
    _ channels: Int, _ workspace: Tensor
  ) throws(KernelError) -> (Tensor, Tensor) {
    try require(
      workspace.byteCount >= Self.channelWorkspace(channels) && !workspace.storage.isReadOnly,
      "a workspace of \(workspace.byteCount) bytes for \(channels) channels")
    return (
      workspace.view(.float32, shape: [channels], at: 0),
      workspace.view(.float32, shape: [channels], at: channels * MemoryLayout<Float>.stride)
    )
  }

  /// `output = x * factors + terms`, for each channel of [batch, channels, ...].
  private func scaleChannels(
    _ x: Tensor, by factors: Tensor, plus terms: Tensor, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("the input")
    try output.requireWritableFloat("the output")
    try Tensor.requireFloats(output, count: x.count, "the output")
    guard x.count > 0 else { return }
    let plane = x.shape[2...].reduce(1, *)
    let arguments = vitq_f32_channel_affine(
      channels: x.shape[1], plane: plane, x: x.floats, scale: factors.floats,
      shift: terms.floats, y: output.mutableFloats)
    let columns = plane == 1 ? x.shape[1] : plane
    parallel(
      x.count / columns, grain: rowGrain(columns: columns), float.channel_affine, arguments)
  }
}
