/// The six linear layers of an encoder layer, in the order in which the exporter meets them.
enum Projection: String, CaseIterable {
  case query = "attention.q_proj"
  case key = "attention.k_proj"
  case value = "attention.v_proj"
  case output = "attention.o_proj"
  case fc1 = "mlp.fc1"
  case fc2 = "mlp.fc2"

  /// The transposed weight, which has lost its name: the exporter's counter stands at 161 before the
  /// first weight of a model of one layer, takes 106 values for each further layer, and 13 between
  /// the weights of one layer and those of the next.
  func weightName(layer: Int, of architecture: Architecture) -> String {
    let step =
      switch self {
      case .query: 0
      case .key: 7
      case .value: 8
      case .output: 10
      case .fc1: 11
      case .fc2: 12
      }
    return "onnx::MatMul_\(161 + 106 * (architecture.layerCount - 1) + 13 * layer + step)"
  }

  func biasName(layer: Int) -> String { "vit.layers.\(layer).\(rawValue).bias" }

  /// Inputs and outputs of the layer.
  func shape(in architecture: Architecture) -> (inputs: Int, outputs: Int) {
    switch self {
    case .query, .key, .value, .output: (architecture.hiddenSize, architecture.hiddenSize)
    case .fc1: (architecture.hiddenSize, architecture.intermediateSize)
    case .fc2: (architecture.intermediateSize, architecture.hiddenSize)
    }
  }
}
