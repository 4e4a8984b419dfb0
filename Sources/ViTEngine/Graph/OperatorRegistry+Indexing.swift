import ViTKernel

extension OperatorRegistry {
  /// Operators that choose elements by index, scan or sort them, or combine their bits.
  static let indexingOperators: [Entry] = []
}
