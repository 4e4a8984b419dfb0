import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

/// BatchNormalization after a Conv whose parameters are constant.
@Suite struct BatchNormFusionTests {
  private static func tensor(_ name: String, _ dims: [Int64], seed: UInt64) -> TensorProto {
    var generator = SeededGenerator(seed: seed)
    let count = Int(dims.reduce(1, *))
    return TensorProto(name: name, dims: dims, floats: generator.floats(count, in: 0.1...1))
  }

  /// A Conv of `groups` with a bias, and a BatchNormalization of its result.
  private static func model(
    groups: Int64 = 1, inputs: [String] = ["scale", "shift", "mean", "variance"],
    outputs: [String] = ["y"]
  ) -> Model {
    let names = ["scale", "shift", "mean", "variance"]
    let vectors = names.enumerated().map { tensor($0.1, [6], seed: UInt64($0.0)) }
    let conv = Node(
      name: "conv", opType: "Conv", inputs: ["x", "weight", "bias"], outputs: ["features"],
      attributes: [
        Attribute(name: "group", value: .int(groups)),
        Attribute(name: "pads", value: .ints([1, 1, 1, 1])),
      ])
    let norm = Node(
      name: "norm", opType: "BatchNormalization", inputs: ["features"] + inputs, outputs: ["y"],
      attributes: [Attribute(name: "epsilon", value: .float(0.01))])
    return Model(
      opsetImports: [OperatorSetID(version: 15)],
      graph: Graph(
        nodes: [conv, norm],
        inputs: [
          ValueInfo(name: "x", dataType: .float, dims: [.size(2), .size(6), .size(5), .size(7)])
        ]
          + (inputs.contains("given")
            ? [ValueInfo(name: "given", dataType: .float, dims: [.size(6)])]
            : []),
        outputs: outputs.map { ValueInfo(name: $0, dataType: .float, dims: nil) },
        initializers: vectors + [
          tensor("weight", [6, 6 / groups, 3, 3], seed: 9), tensor("bias", [6], seed: 10),
        ]))
  }

  private static func run(
    _ model: Model, _ level: OptimizationLevel, given: Bool = false
  ) throws -> (kernels: [String], y: Tensor) {
    let session = try Session(model: model, options: .test(optimization: level, threads: 1))
    var generator = SeededGenerator(seed: 3)
    var inputs = ["x": Tensor(generator.floats(420, in: -1...1), shape: [2, 6, 5, 7])]
    if given { inputs["given"] = Tensor(generator.floats(6, in: 0.5...1), shape: [6]) }
    let plan = try session.prepare(inputs.mapValues(\.shape))
    let y = try #require(try session.run(inputs)["y"])
    return (plan.stepDescriptions.map(\.kernel), y)
  }

  private static func difference(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.elements(of: Float.self), b.elements(of: Float.self)).reduce(0) {
      max($0, abs($1.0 - $1.1))
    }
  }

  @Test(arguments: [Int64(1), 2, 6])
  func itIsFoldedIntoTheWeights(groups: Int64) throws {
    let model = Self.model(groups: groups)
    let folded = try Self.run(model, .all)
    let plain = try Self.run(model, .basic)
    #expect(folded.kernels == ["conv"])
    #expect(plain.kernels == ["conv", "batchNormalization"])
    #expect(Self.difference(folded.y, plain.y) < 2e-5)
    let session = try Session(model: model, options: .test(threads: 1))
    let origins = try session.prepare(["x": [2, 6, 5, 7]]).stepDescriptions.flatMap(\.origins)
    #expect(origins.map(\.name) == ["conv", "norm"])
  }

  /// The weights are made once, whatever the shapes.
  @Test func allShapesShareIt() throws {
    var model = Self.model()
    model.graph.inputs[0] = ValueInfo(
      name: "x", dataType: .float, dims: [.size(1), .size(6), .symbol("h"), .symbol("w")])
    let session = try Session(model: model, options: .test(threads: 1))
    for size in [4, 5, 9] {
      let plan = try session.prepare(["x": [1, 6, size, size]])
      #expect(plan.stepDescriptions.map(\.kernel) == ["conv"])
    }
  }

  @Test func whatIsReadElsewhereStays() throws {
    let kernels = try Self.run(Self.model(outputs: ["y", "features"]), .all).kernels
    #expect(kernels == ["conv", "batchNormalization"])
  }

  @Test func parametersThatAreDataStay() throws {
    let model = Self.model(inputs: ["scale", "shift", "mean", "given"])
    let kernels = try Self.run(model, .all, given: true).kernels
    #expect(kernels == ["conv", "batchNormalization"])
  }
}
