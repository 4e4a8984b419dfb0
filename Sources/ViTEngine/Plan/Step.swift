import ViTKernel

/// One call of a kernel, with its operands bound.
struct Step: Sendable {
  /// What runs, such as `linear` or `layerNorm`.
  let kernel: String
  /// The model's nodes that it stands for.
  let origins: [NodeOrigin]
  /// Runs it.
  let body: @Sendable () throws(KernelError) -> Void
}

/// What a plan does in one step, for profiles and listings.
public struct StepDescription: Sendable {
  /// What runs, such as `linear` or `layerNormalization`.
  public let kernel: String
  /// The model's nodes that it stands for.
  public let origins: [NodeOrigin]
}
