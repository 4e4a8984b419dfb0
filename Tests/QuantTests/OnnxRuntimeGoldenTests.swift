import OnnxParse
import Quant
import TestSupport
import Testing

/// Names, nodes, weights, scales and zero points against ONNX Runtime's, bit for bit.
@Suite struct OnnxRuntimeGoldenTests {
  /// In these ONNX Runtime rewrites Gemms that it was told to leave, and quantizes or forgets them
  /// by names that the user never saw.
  static let gemmSelections: Set = ["exclude_gemm", "select_gemm", "select_matmul"]

  @Test(
    arguments: try OnnxRuntimeGoldens.cases().keys.sorted().filter { !gemmSelections.contains($0) })
  func writesTheSameModel(_ name: String) throws {
    let golden = try #require(try OnnxRuntimeGoldens.cases()[name])
    let model = try OnnxRuntimeGoldens.load("\(name)/original")
    let options = try QuantizationOptions(golden)
    let ours = try DynamicQuantizer(options: options).quantize(model).model
    try ours.check()
    try expectEqual(ours, OnnxRuntimeGoldens.load("\(name)/model"))
    try expectEqual(Model(decoding: ours.encoded()), ours)
  }

  @Test func anExcludedGemmStaysAsItWas() throws {
    let result = try quantize("exclude_gemm")
    #expect(result.model.graph.nodes.contains { $0.opType == "Gemm" && $0.name == "/head/Gemm" })
    #expect(result.model.initializer("head.weight") != nil)
    #expect(result.plan.entries.first { $0.name == "/plain/Gemm" }?.quantized == [.matMul])
    // ONNX Runtime quantizes it all the same.
    let theirs = try OnnxRuntimeGoldens.load("exclude_gemm/model")
    #expect(theirs.graph.nodes.contains { $0.name == "/head/Gemm_MatMul_quant" })
  }

  @Test func aSelectedGemmIsQuantized() throws {
    let result = try quantize("select_gemm")
    #expect(result.plan.entries.filter { !$0.quantized.isEmpty }.map(\.name) == ["/head/Gemm"])
    // ONNX Runtime quantizes nothing then.
    let theirs = try OnnxRuntimeGoldens.load("select_gemm/model")
    #expect(!theirs.graph.nodes.contains { $0.opType == "MatMulInteger" })
    // What we write for it is what ONNX Runtime writes where it does quantize the Gemm.
    let whole = try ComparableModel(
      OnnxRuntimeGoldens.load("per_tensor_int8_symmetric/model"))
    let ours = try ComparableModel(result.model)
    for name in ["", "_quantized", "_scale", "_zero_point"] {
      let key = "head.weight_Transposed" + name
      #expect(ours.constants[key] == whole.constants[key])
    }
  }

  @Test func whatIsNotSelectedStaysAsItWas() throws {
    let result = try quantize("select_matmul")
    #expect(
      result.plan.entries.filter { !$0.quantized.isEmpty }.map(\.name)
        == ["/query/MatMul", "/key/MatMul"])
    #expect(result.model.graph.nodes.count { $0.opType == "Gemm" } == 3)
  }

  private func quantize(
    _ name: String
  ) throws -> (model: Model, plan: QuantizationPlan) {
    let golden = try #require(try OnnxRuntimeGoldens.cases()[name])
    let model = try OnnxRuntimeGoldens.load("\(name)/original")
    return try DynamicQuantizer(options: QuantizationOptions(golden)).quantize(model)
  }

  @Test(arguments: ["per_tensor_const", "per_channel_all"])
  func theTrainedModelIsQuantizedTheSame(_ variant: String) throws {
    try compare(
      "vit-fashion/model.onnx", "golden/vit-fashion/\(variant)/model.onnx", variant: variant)
  }

  @Test(
    arguments: [
      ("vit_opset11", "per_tensor_const"), ("vit_opset11", "per_channel_all"),
      ("vit_opset17", "per_tensor_all"), ("vit_opset17", "per_channel_const"),
    ])
  func exportsAreQuantizedTheSame(_ model: String, _ variant: String) throws {
    try compare(
      "golden/models/\(model)/model.onnx", "golden/models/\(model)_\(variant)/model.onnx",
      variant: variant)
  }

  private func compare(_ source: String, _ golden: String, variant: String) throws {
    var options = QuantizationOptions(preset: .ort)
    options.perChannel = variant.hasPrefix("per_channel")
    options.matMulScope = variant.hasSuffix("all") ? .all : .constantOnly
    let model = try Model.load(path: Fixtures.path(source))
    let ours = try DynamicQuantizer(options: options).quantize(model).model
    try expectEqual(ours, Model.load(path: Fixtures.path(golden)))
  }
}
