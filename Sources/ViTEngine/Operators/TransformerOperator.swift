import ViTKernel

/// Operators of transformers: attention, rotary embedding, normalisations, and what ONNX Runtime's
/// optimiser fuses.
enum TransformerOperator: OperatorGroup {
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {}
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {}
  }
}
