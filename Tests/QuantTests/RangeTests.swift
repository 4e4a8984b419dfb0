import Foundation
import OnnxParse
import Quant
import TestSupport
import Testing

/// Ranges of images and tokens: what is written. `fixtures/tools/golden_ranges.py` writes the same by
/// other means and runs it in ONNX Runtime.
@Suite struct RangeTests {
  private struct Case: Decodable {
    var per_channel: Bool
    var weight_type: String
    var range: ActivationRange
    var reduce_range: Bool
  }

  private struct Manifest: Decodable {
    var cases: [String: Case]
  }

  private static func cases() throws -> [String: Case] {
    let data = try Data(contentsOf: Fixtures.folder.appending(path: "golden/ranges/manifest.json"))
    return try JSONDecoder().decode(Manifest.self, from: data).cases
  }

  @Test(arguments: try cases().keys.sorted()) func writesTheGoldenModel(_ name: String) throws {
    let golden = try #require(try Self.cases()[name])
    var options = QuantizationOptions(preset: .ort)
    options.perChannel = golden.per_channel
    options.weightType = golden.weight_type == "QUInt8" ? .uint8 : .int8
    options.reduceRange = golden.reduce_range
    options.range = golden.range
    let original = try Model.load(path: Fixtures.path("golden/ranges/\(name)/original.onnx"))
    let (ours, plan) = try DynamicQuantizer(options: options).quantize(original)
    try ours.check()
    #expect(ours.firstUndefinedValue == nil)
    #expect(plan.entries.compactMap(\.range) == Array(repeating: golden.range, count: 4))
    try expectEqual(ours, Model.load(path: Fixtures.path("golden/ranges/\(name)/model.onnx")))
  }

  private func quantize(
    _ model: Model, _ range: ActivationRange,
    _ change: (inout QuantizationOptions) -> Void = { _ in }
  ) throws -> (model: Model, plan: QuantizationPlan) {
    var options = QuantizationOptions(preset: .ort)
    options.range = range
    change(&options)
    let result = try DynamicQuantizer(options: options).quantize(model)
    #expect(result.model.firstUndefinedValue == nil)
    return result
  }

  @Test func oneQuantizationServesAllReadersOfARange() throws {
    let model = Tiny.model(
      outputs: ["q", "k", "v"].map(Tiny.float),
      ["q", "k", "v"].map { Tiny.matMul("x", "W" + $0, $0, name: $0) },
      constants: ["Wq", "Wk", "Wv"].map { Tiny.weight($0, [2, 2]) })
    let (quantized, plan) = try quantize(model, .token) {
      $0.nodeChoices = ["v": NodeChoice(quantize: true, range: .tensor)]
    }
    let operators = quantized.graph.nodes.map(\.opType)
    #expect(operators.count { $0 == "ReduceMin" } == 1)
    #expect(operators.count { $0 == "DynamicQuantizeLinear" } == 1)
    #expect(plan.entries.map(\.range) == [.token, .token, .tensor])
    #expect(plan.entries[0].reason == "constant weight, int8 per tensor; a range for each token")
    #expect(plan.entries[2].reason == "constant weight, int8 per tensor")
  }

  /// The element types int8 and uint8, with and without zero points.
  @Test(arguments: WeightType.allCases, [false, true])
  func columnSumsAreThoseOfTheMatrix(_ type: WeightType, _ symmetric: Bool) throws {
    let model = Tiny.model([Tiny.matMul("x", "W", "y")], constants: [Tiny.weight("W", [5, 3])])
    for perChannel in [false, true] {
      let quantized = try quantize(model, .token) {
        $0.weightType = type
        $0.symmetric = symmetric
        $0.perChannel = perChannel
      }.model
      let values = try #require(quantized.initializer("W_quantized")).int32s()
      let zeros = try #require(quantized.initializer("W_zero_point")).int32s()
      let expected = (0..<3).map { column in
        (0..<5).reduce(0) { $0 + values[3 * $1 + column] - zeros[perChannel ? column : 0] }
      }
      #expect(try quantized.initializer("W_quantized_column_sums")?.int32s() == expected)
    }
  }

  @Test func productsOfActivationsKeepTheTensorsRange() throws {
    let model = Tiny.model(
      [Tiny.matMul("x", "W", "a"), Tiny.matMul("a", "a", "y", name: "scores")],
      constants: [Tiny.weight("W", [2, 2])])
    let plan = try quantize(model, .token) { $0.matMulScope = .all }.plan
    #expect(plan.entries.map(\.range) == [.token, .tensor])
    #expect(
      plan.entries[1].reason == "both operands quantized as the model runs; "
        + "one range for the tensor: its second operand is no constant matrix")
    #expect(plan.warnings.contains { $0.hasPrefix("1 quantized nodes have one range") })
  }

  @Test func constantsThatAreNoMatrixKeepTheTensorsRange() throws {
    let model = Tiny.model([Tiny.matMul("x", "W", "y")], constants: [Tiny.weight("W", [2, 2, 2])])
    let plan = try quantize(model, .token).plan
    #expect(plan.entries.map(\.range) == [.tensor])
  }

  @Test func anImagesRangeNeedsTheNumberOfAxes() throws {
    let constants = [Tiny.weight("W", [2, 2])]
    let unknown = Tiny.model([Tiny.matMul("x", "W", "y", name: "mm")], constants: constants)
    let plan = try quantize(unknown, .image).plan
    #expect(plan.entries[0].range == .tensor)
    #expect(plan.entries[0].reason.contains("how many axes its activation has is not known"))
    #expect(throws: QuantizationError.self) {
      try quantize(unknown, .tensor) {
        $0.nodeChoices = ["mm": NodeChoice(quantize: true, range: .image)]
      }
    }
    let declared = ValueInfo(
      name: "x", dataType: .float, dims: [.symbol("batch"), .unknown, .unknown, .size(2)])
    let known = Tiny.model(inputs: [declared], unknown.graph.nodes, constants: constants)
    let quantized = try quantize(known, .image).model
    let reduction = try #require(quantized.graph.nodes.first { $0.opType == "ReduceMax" })
    #expect(reduction.attribute("axes")?.value == .ints([1, 2, 3]))
  }

  /// Every way in which exporters spell shapes: the number of axes is known all the same.
  @Test(
    arguments: [
      "golden/models/vit_opset11", "golden/models/vit_opset13", "golden/models/vit_opset17",
      "golden/models/vit_opset20", "golden/models/vit_sdpa_opset17",
      "golden/models/vit_gelu_new_opset11", "vit-fashion",
    ])
  func everyWeightOfAnExportHasARangeToEachImage(_ name: String) throws {
    let model = try Model.load(path: Fixtures.path("\(name)/model.onnx"))
    let (quantized, plan) = try quantize(model, .image)
    let products = plan.entries.filter { $0.quantized == [.matMul] }
    #expect(products.count >= 13)
    #expect(products.allSatisfy { $0.range == .image })
    #expect(plan.warnings.isEmpty)
    #expect(!quantized.graph.nodes.contains { $0.opType == "DynamicQuantizeLinear" })
  }

  @Test(arguments: [ActivationRange.image, .token])
  func aSecondPassFindsNothingToDo(_ range: ActivationRange) throws {
    let model = try Model.load(path: Fixtures.path("golden/models/vit_opset11/model.onnx"))
    let once = try quantize(model, range)
    let twice = try quantize(once.model, range)
    #expect(twice.model == once.model)
    #expect(twice.plan.quantizedCount == 0)
  }
}
