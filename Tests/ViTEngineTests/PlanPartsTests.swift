import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// Models that share weights, and plans that are run in parts.
@Suite struct PlanPartsTests {
  private static let shapes = ["pixel_values": [1, 3, 28, 28]]

  private static func model(_ name: String) throws -> Model {
    try Model.load(path: Fixtures.path("\(name)/model.onnx"))
  }

  private static func pixels() -> Tensor {
    var random = SeededGenerator(seed: 5)
    let values = (0..<3 * 28 * 28).map { _ in Float.random(in: -1...1, using: &random) }
    return Tensor(values, shape: [1, 3, 28, 28])
  }

  private static func logits(_ plan: Plan) throws -> [Float] {
    try #require(plan.outputs["logits"]).elements(of: Float.self)
  }

  /// At every step: what is live there, copied into a plan that has seen no input, gives the same
  /// logits.
  @Test(arguments: ["vit-fashion", "golden/vit-fashion/per_channel_all"])
  func aRunGoesOnFromTheLiveValues(name: String) throws {
    let model = try Self.model(name)
    let executor = try SessionOptions.test().makeExecutor()
    let weights = SharedWeights()
    let plans = try (0..<2).map { _ in
      try Session(model: model, options: .test(), executor: executor, weights: weights)
        .prepare(Self.shapes)
    }
    let (first, second) = (plans[0], plans[1])
    let count = first.stepDescriptions.count
    try #require(first.inputs["pixel_values"]).copyElements(from: Self.pixels())
    try first.run()
    let expected = try Self.logits(first)
    for position in 0...count {
      try first.run(steps: 0..<position)
      for name in first.liveValues(before: position) {
        try #require(second.tensor(name)).copyElements(from: try #require(first.tensor(name)))
      }
      try second.run(steps: position..<count)
      #expect(try Self.logits(second) == expected, "from step \(position)")
      for output in second.outputs.values {
        output.copyElements(from: Tensor(output.elementType, shape: output.shape))
      }
    }
  }

  @Test func theSameModelHasAllStepsInCommon() throws {
    let model = try Self.model("vit-fashion")
    let executor = try SessionOptions.test().makeExecutor()
    let weights = SharedWeights()
    func plan(_ model: Model) throws -> Plan {
      try Session(model: model, options: .test(), executor: executor, weights: weights)
        .prepare(Self.shapes)
    }
    let (first, second) = (try plan(model), try plan(model))
    let count = first.stepDescriptions.count
    #expect(first.commonPrefix(with: second) == count)
    #expect(first.commonSuffix(with: second) == count)
    let quantized = try plan(Self.model("golden/vit-fashion/per_tensor_const"))
    // The patch embedding and what comes before the first quantized product.
    let prefix = first.commonPrefix(with: quantized)
    #expect(prefix > 0 && prefix < 10)
  }

  /// Another weight under the same name is another step.
  @Test func anotherWeightIsADifference() throws {
    let model = try Self.model("vit-fashion")
    var changed = model
    let index = try #require(
      model.graph.initializers.firstIndex { $0.dims == [128, 512] && $0.dataType == .float })
    var values = try model.graph.initializers[index].floats()
    values[7] += 1
    changed.graph.initializers[index] = TensorProto(
      name: model.graph.initializers[index].name, dims: [128, 512], floats: values)
    let executor = try SessionOptions.test().makeExecutor()
    let weights = SharedWeights()
    let plans = try [model, changed].map {
      try Session(model: $0, options: .test(), executor: executor, weights: weights)
        .prepare(Self.shapes)
    }
    let (prefix, suffix) = (
      plans[0].commonPrefix(with: plans[1]), plans[0].commonSuffix(with: plans[1])
    )
    #expect(prefix + suffix == plans[0].stepDescriptions.count - 1)
  }

  @Test func weightsArePackedOnce() throws {
    let model = try Self.model("vit-fashion")
    let executor = try SessionOptions.test().makeExecutor()
    let weights = SharedWeights()
    func logits() throws -> [Float] {
      let session = try Session(
        model: model, options: .test(), executor: executor, weights: weights)
      return try #require(try session.run(["pixel_values": Self.pixels()])["logits"])
        .elements(of: Float.self)
    }
    let first = try logits()
    let packed = weights.packedCount
    #expect(packed > 20)
    #expect(try logits() == first)
    #expect(weights.packedCount == packed)
  }
}
