import ViTKernel

/// Operators over quantized tensors beside QuantizeLinear and its kin.
enum QuantizedOperator: OperatorGroup {
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {}
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {}
  }
}
