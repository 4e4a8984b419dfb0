import OnnxParse

/// Draws the parameters in the order in which the exporter lists them.
///
/// Everything is normal with standard deviation 0.02 (`initializer_range` in `config.json`), around 1
/// for the weights of LayerNorm and around 0 for the rest. Biases are not zero, as they would be
/// before training, because equal constants would be merged and special cases taken.
struct Parameters {
  private(set) var tensors: [TensorProto] = []
  private let architecture: Architecture
  private var generator: NormalGenerator

  static func tensors(
    of architecture: Architecture, labelCount: Int, seed: UInt64
  ) -> [TensorProto] {
    var parameters = Parameters(architecture, seed: seed)
    parameters.embeddings()
    for layer in 0..<architecture.layerCount { parameters.vectors(ofLayer: layer) }
    parameters.layerNorm("vit.layernorm")
    parameters.draw("classifier.weight", [labelCount, architecture.hiddenSize])
    parameters.draw("classifier.bias", [labelCount])
    for layer in 0..<architecture.layerCount { parameters.matrices(ofLayer: layer) }
    return parameters.tensors
  }

  private init(_ architecture: Architecture, seed: UInt64) {
    self.architecture = architecture
    generator = NormalGenerator(seed: seed)
  }

  private mutating func embeddings() {
    let hidden = architecture.hiddenSize
    let patch = architecture.patchSize
    draw("vit.embeddings.cls_token", [1, 1, hidden])
    draw("vit.embeddings.position_embeddings", [1, architecture.tokenCount, hidden])
    let projection = "vit.embeddings.patch_embeddings.projection"
    draw("\(projection).weight", [hidden, Architecture.channelCount, patch, patch])
    draw("\(projection).bias", [hidden])
  }

  private mutating func vectors(ofLayer layer: Int) {
    for projection in [Projection.query, .key, .value, .output] { bias(projection, layer) }
    layerNorm("vit.layers.\(layer).layernorm_before")
    layerNorm("vit.layers.\(layer).layernorm_after")
    for projection in [Projection.fc1, .fc2] { bias(projection, layer) }
  }

  private mutating func matrices(ofLayer layer: Int) {
    for projection in Projection.allCases {
      let shape = projection.shape(in: architecture)
      draw(
        projection.weightName(layer: layer, of: architecture), [shape.inputs, shape.outputs])
    }
  }

  private mutating func bias(_ projection: Projection, _ layer: Int) {
    draw(projection.biasName(layer: layer), [projection.shape(in: architecture).outputs])
  }

  private mutating func layerNorm(_ name: String) {
    draw("\(name).weight", [architecture.hiddenSize], mean: 1)
    draw("\(name).bias", [architecture.hiddenSize])
  }

  private mutating func draw(_ name: String, _ dims: [Int], mean: Float = 0) {
    let values = generator.values(dims.reduce(1, *), mean: mean, deviation: 0.02)
    tensors.append(TensorProto(name: name, dims: dims.map(Int64.init), floats: values))
  }
}
