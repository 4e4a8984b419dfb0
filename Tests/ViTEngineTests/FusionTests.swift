import OnnxParse
import TestSupport
import Testing
import ViTEngine
import ViTKernel

@Suite struct FusionTests {
  private static func kernels(
    _ level: OptimizationLevel, gemm: GemmBackend = .packed
  ) throws -> [String: Int] {
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    let session = try Session(
      model: model, options: .test(optimization: level, threads: 1, gemmBackend: gemm))
    let plan = try session.prepare(["pixel_values": [2, 3, 28, 28]])
    return Dictionary(grouping: plan.stepDescriptions, by: \.kernel).mapValues(\.count)
  }

  @Test func everyBlockOfTheTransformerBecomesAKernel() throws {
    // 6 layers: LayerNorm twice and once at the end; query, key, value, output, fc1, fc2 and the
    // classifier; no GELU, bias or residual is left on its own.
    let kernels = try Self.kernels(.all)
    #expect(kernels["layerNormalization"] == 13)
    #expect(kernels["attention"] == 6)
    #expect(kernels["linear"] == 37)
    #expect(kernels["patchEmbedding"] == 1)
    #expect(kernels["binary"] == 1)
    #expect(kernels["unary"] == nil)
    #expect(kernels["transpose"] == nil)
    #expect(kernels["reference"] == nil)
  }

  @Test func withoutFusionTheNodesRunOneByOne() throws {
    let kernels = try Self.kernels(.basic)
    #expect(kernels["attention"] == nil)
    #expect(kernels["layerNormalization"] == nil)
    #expect(kernels["softmax"] == 6)
    #expect(kernels["reduce"] == 26)
  }

  @Test func everyNodeIsAccountedForOnce() throws {
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    let session = try Session(model: model, options: .test(threads: 1))
    let plan = try session.prepare(["pixel_values": [1, 3, 28, 28]])
    let origins = plan.stepDescriptions.flatMap(\.origins)
    #expect(Set(origins).count == origins.count)
    let computing = model.graph.nodes.filter {
      ["MatMul", "Gemm", "Conv", "Softmax", "Erf", "Sqrt"].contains($0.opType)
    }
    let covered = Set(origins.map(\.name))
    for node in computing { #expect(covered.contains(node.name), "\(node.name)") }
  }

  @Test func aValueThatIsReadElsewhereIsNotFusedAway() throws {
    // The GELU's inner erf is also an output, so the GELU stays as it is.
    let model = Model(
      opsetImports: [OperatorSetID(version: 13)],
      graph: Graph(
        nodes: [
          Node(opType: "Div", inputs: ["x", "root2"], outputs: ["scaled"]),
          Node(opType: "Erf", inputs: ["scaled"], outputs: ["erf"]),
          Node(opType: "Add", inputs: ["erf", "one"], outputs: ["sum"]),
          Node(opType: "Mul", inputs: ["x", "sum"], outputs: ["product"]),
          Node(opType: "Mul", inputs: ["product", "half"], outputs: ["y"]),
        ],
        inputs: [ValueInfo(name: "x", dataType: .float, dims: [.size(3)])],
        outputs: [
          ValueInfo(name: "y", dataType: .float, dims: [.size(3)]),
          ValueInfo(name: "erf", dataType: .float, dims: [.size(3)]),
        ],
        initializers: [
          TensorProto(name: "root2", dims: [], floats: [Float(2).squareRoot()]),
          TensorProto(name: "one", dims: [], floats: [1]),
          TensorProto(name: "half", dims: [], floats: [0.5]),
        ]))
    let session = try Session(model: model, options: .test(threads: 1))
    let results = try session.run(["x": Tensor([Float(-1), 0, 2], shape: [3])])
    let y = try #require(results["y"]).elements(of: Float.self)
    let erf = try #require(results["erf"]).elements(of: Float.self)
    // numpy: x * (1 + erf(x / sqrt(2))) / 2 and erf(x / sqrt(2)), scipy.special.erf
    for (value, expected) in zip(y, [Float(-0.158_655_25), 0, 1.954_499_7]) {
      #expect(abs(value - expected) < 1e-6)
    }
    for (value, expected) in zip(erf, [Float(-0.682_689_5), 0, 0.954_499_7]) {
      #expect(abs(value - expected) < 1e-6)
    }
  }
}
