import ViTKernel

/// Operators over images and feature maps: resizing, pooling, convolution, batch and group
/// normalisation.
enum ImageOperator: OperatorGroup {
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {}
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {}
  }
}
