import OnnxParse
import Synth
import Testing

struct WeightTests {
  private let model = Synth.model(TopologyTests.twoLayers, seed: 7, labelCount: 3)

  @Test func sameSeedSameModel() {
    #expect(Synth.model(TopologyTests.twoLayers, seed: 7, labelCount: 3) == model)
  }

  @Test func otherSeedOtherWeights() {
    let other = Synth.model(TopologyTests.twoLayers, seed: 8, labelCount: 3)
    for (left, right) in zip(model.graph.initializers, other.graph.initializers) {
      #expect(left.name == right.name && left.dims == right.dims)
      #expect(left.payload != right.payload, "\(left.name)")
    }
  }

  /// For n values the mean of the sample lies within 5 standard errors, 5 * 0.02 / sqrt(n), and its
  /// standard deviation within 5 * 0.02 / sqrt(2 n).
  @Test(
    arguments: [
      ("onnx::MatMul_278", 0), ("vit.embeddings.position_embeddings", 0),
      ("vit.layers.1.layernorm_after.weight", 1),
    ] as [(String, Double)])
  func weightsAreNormal(name: String, mean: Double) throws {
    let tensor = try #require(model.graph.initializers.first { $0.name == name })
    let values = try tensor.floats().map(Double.init)
    let count = Double(values.count)
    let sampleMean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - sampleMean) * ($1 - sampleMean) } / count
    #expect(abs(sampleMean - mean) < 5 * 0.02 / count.squareRoot())
    #expect(abs(variance.squareRoot() - 0.02) < 5 * 0.02 / (2 * count).squareRoot())
  }

  /// The counts of ViT-Tiny/16 and ViT-Small/16 with ImageNet's classifier.
  @Test(arguments: zip([Architecture.vitTiny, .vitSmall], [5_717_416, 22_050_664]))
  func parameterCounts(architecture: Architecture, expected: Int64) {
    let counts = Synth.model(architecture).graph.initializers.map { $0.dims.reduce(1, *) }
    #expect(counts.reduce(0, +) == expected)
  }
}
