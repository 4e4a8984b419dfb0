import OnnxParse

/// Models of known architectures with random weights: speed and size do not depend on training.
public enum Synth {
  /// A Vision Transformer for image classification with the topology that Hugging Face transformers 5
  /// exports for opset 11: `pixel_values` float [batch_size, 3, size, size] to `logits` float
  /// [batch_size, labelCount].
  ///
  /// The same seed gives the same bytes.
  ///
  /// - Parameters:
  ///   - architecture: The sizes.
  ///   - seed: Seed of the weights.
  ///   - labelCount: Number of classes; ImageNet's 1,000 unless told otherwise.
  /// - Precondition: `labelCount` is positive.
  public static func model(
    _ architecture: Architecture, seed: UInt64 = 0, labelCount: Int = 1000
  ) -> Model {
    precondition(labelCount > 0)
    let side = Dimension.size(Int64(architecture.imageSize))
    let batch = Dimension.symbol("batch_size")
    let channels = Dimension.size(Int64(Architecture.channelCount))
    let graph = Graph(
      name: "main_graph",
      nodes: Topology.nodes(of: architecture),
      inputs: [
        ValueInfo(
          name: Topology.input, dataType: .float, dims: [batch, channels, side, side])
      ],
      outputs: [
        ValueInfo(
          name: Topology.output, dataType: .float, dims: [batch, .size(Int64(labelCount))])
      ],
      initializers: Parameters.tensors(of: architecture, labelCount: labelCount, seed: seed))
    return Model(
      irVersion: 6, opsetImports: [OperatorSetID(version: 11)], producerName: "vitq synth",
      graph: graph,
      metadata: [
        StringPair(key: "architecture", value: architecture.name),
        StringPair(key: "seed", value: String(seed)),
      ])
  }
}
