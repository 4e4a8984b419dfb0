import ViTKernel

/// Operators that choose elements by index, scan or sort them, or combine their bits.
enum IndexingOperator: OperatorGroup {
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {}
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    switch self {}
  }
}
