import OnnxParse
import Quant
import Testing

@Suite struct GemmTests {
  private func gemm(_ attributes: [Attribute] = [], bias: Bool = true) -> Model {
    Tiny.model(
      [
        Tiny.node(
          "Gemm", bias ? ["x", "W", "b"] : ["x", "W"], "y", name: "/head/Gemm", attributes)
      ],
      constants: [Tiny.weight("W", [2, 3], [1, 2, 3, 4, 5, 6]), Tiny.weight("b", [3])])
  }

  private let transB = Attribute(name: "transB", value: .int(1))

  @Test func becomesMatMulAndAdd() throws {
    let options = QuantizationOptions(preset: .ort)
    let (model, plan) = try DynamicQuantizer(options: options).quantize(gemm())
    #expect(model.firstUndefinedValue == nil)
    #expect(model.graph.nodes.last?.name == "/head/Gemm_Add")
    #expect(model.listing.last == "y = Add(y_MatMul,b)")
    #expect(model.graph.nodes.map(\.name).contains("/head/Gemm_MatMul_quant"))
    #expect(plan.entries.map(\.opType) == ["Gemm"])
    #expect(plan.count(of: .matMul) == 1)
    #expect(plan.count(of: .add) == 0)
  }

  @Test func aTransposedWeightIsTurnedFirst() throws {
    var options = QuantizationOptions(preset: .ort)
    options.perChannel = true
    let (model, _) = try DynamicQuantizer(options: options).quantize(gemm([transB]))
    let weight = try #require(model.initializer("W_Transposed_quantized"))
    #expect(weight.dims == [3, 2])
    // Columns 1 2 3 and 4 5 6 of the turned weight, each by its own scale.
    #expect(weight.payload == .raw(Bytes([42, 85, 85, 106, 127, 127])))
    #expect(model.initializer("W") == nil)
    #expect(model.initializer("W_Transposed") == nil)
  }

  @Test func withoutABiasItsOutputIsTheProduct() throws {
    let options = QuantizationOptions(preset: .ort)
    let (model, _) = try DynamicQuantizer(options: options).quantize(gemm(bias: false))
    #expect(model.graph.nodes.last?.opType == "Mul")
    #expect(model.graph.nodes.last?.outputs == ["y"])
  }

  @Test func aTransposedActivationGetsANode() throws {
    var model = gemm([transB], bias: false)
    model.graph.initializers = []
    model.graph.inputs.append(Tiny.float("W"))
    var options = QuantizationOptions(preset: .ort)
    options.matMulScope = .all
    let result = try DynamicQuantizer(options: options).quantize(model)
    #expect(result.model.listing.first == "W_Transposed = Transpose(W)")
    #expect(result.model.graph.nodes.first?.name == "/head/Gemm_Transpose")
    #expect(result.model.firstUndefinedValue == nil)
  }

  @Test func exclusionGoesByTheOriginalName() throws {
    var options = QuantizationOptions(preset: .ort)
    options.excludeNodes = [try NodeSelector("/head/Gemm")]
    let (model, plan) = try DynamicQuantizer(options: options).quantize(gemm())
    #expect(model == gemm())
    #expect(plan.entries[0].reason == "excluded by /head/Gemm")
  }

  @Test func inclusionGoesByTheOriginalName() throws {
    var options = QuantizationOptions(preset: .ort)
    options.includeNodes = [try NodeSelector("/head/Gemm")]
    #expect(try DynamicQuantizer(options: options).quantize(gemm()).plan.count(of: .matMul) == 1)
  }

  @Test(
    arguments: [
      Attribute(name: "alpha", value: .float(0.5)), Attribute(name: "beta", value: .float(2)),
      Attribute(name: "transA", value: .int(1)),
    ])
  func otherFormsAreLeft(_ attribute: Attribute) throws {
    let model = gemm([attribute])
    let result = try DynamicQuantizer(options: QuantizationOptions(preset: .ort)).quantize(model)
    #expect(result.model == model)
    #expect(result.plan.entries[0].reason.contains("is not a MatMul"))
  }

  @Test func itsBiasIsAnAddWhereAddIsAskedFor() throws {
    var options = QuantizationOptions(preset: .vitq)
    options.operators = [.matMul, .add]
    let (model, plan) = try DynamicQuantizer(options: options).quantize(gemm())
    #expect(plan.entries[0].quantized == [.matMul, .add])
    #expect(model.listing.last == "y = Add(y_MatMul_dequantized,b_dequantized)")
    #expect(model.firstUndefinedValue == nil)
  }
}
