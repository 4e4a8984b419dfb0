import ViTKernel

/// Elements known before the model runs.
///
/// An object, because its identity is what the packed form of a weight is remembered by.
final class Constant: Sendable {
  /// The elements; those of a file stay where the file is mapped if they lie aligned there.
  let tensor: Tensor

  init(_ tensor: Tensor) { self.tensor = tensor }

  /// Dimensions, outermost first.
  var shape: [Int] { tensor.shape }

  /// Type of the elements.
  var elementType: ElementType { tensor.elementType }
}
