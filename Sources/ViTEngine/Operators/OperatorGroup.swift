import ViTKernel

/// Operators of one subject: what they give, computed plainly, and the kernels that they have.
protocol OperatorGroup: Sendable {
  /// Positions of the inputs whose elements decide the shape of a result.
  var shapeOperands: [Int] { get }

  /// Types and shapes of the results, one for each output that the operator can have.
  ///
  /// - Throws: ``KernelError`` where the operator's rules forbid the inputs.
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType]

  /// Computes the operator with the plain reference implementation.
  ///
  /// - Returns: One tensor for each output that the operator can have.
  /// - Throws: ``KernelError`` where the operator's rules forbid the operands, or their element type
  ///   is not supported.
  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor]

  /// The kernel for `node`; nil where the plain reference must do.
  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode?
}

extension OperatorGroup {
  var shapeOperands: [Int] { [] }

  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode? {
    nil
  }
}
