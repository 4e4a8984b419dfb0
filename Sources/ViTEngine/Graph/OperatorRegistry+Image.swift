import ViTKernel

extension OperatorRegistry {
  /// Operators over images and feature maps: resizing, pooling, convolution, batch and group
  /// normalisation.
  static let imageOperators: [Entry] = []
}
