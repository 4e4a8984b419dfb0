import ViTKernel

extension OperatorRegistry {
  /// Operators over quantized tensors beside QuantizeLinear and its kin.
  static let quantizedOperators: [Entry] = []
}
