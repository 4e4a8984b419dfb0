import ViTKernel

/// What a model declares of the element types around a node, and how the engine stores them.
struct NodeTypes: Sendable {
  /// The declared type of each input; nil where the file does not say.
  var inputs: [ElementType?] = []
  /// Whether float64 is computed in float32, as in a model whose inputs are float64.
  var narrowsDouble = false

  /// The declared type of an input.
  func input(_ position: Int) -> ElementType? {
    position < inputs.count ? inputs[position] : nil
  }

  /// The type that elements of a declared `type` are computed in.
  func computed(_ type: ElementType) -> ElementType {
    narrowsDouble && type == .float64 ? .float32 : type.computed
  }
}
