import ViTKernel

extension OperatorRegistry {
  /// Operators of transformers: attention, rotary embedding, normalisations, and what ONNX Runtime's
  /// optimiser fuses.
  static let transformerOperators: [Entry] = []
}
