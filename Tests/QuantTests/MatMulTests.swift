import OnnxParse
import Quant
import Testing

@Suite struct MatMulTests {
  private func quantize(
    _ model: Model, _ preset: QuantizationOptions.Preset = .ort,
    _ change: (inout QuantizationOptions) -> Void = { _ in }
  ) throws -> (model: Model, plan: QuantizationPlan) {
    var options = QuantizationOptions(preset: preset)
    change(&options)
    let result = try DynamicQuantizer(options: options).quantize(model)
    #expect(result.model.firstUndefinedValue == nil)
    return result
  }

  @Test func writesTheNodesOfOnnxRuntime() throws {
    let model = Tiny.model(
      [Tiny.matMul("x", "W", "y", name: "/fc/MatMul")], constants: [Tiny.weight("W", [3, 2])])
    let (quantized, plan) = try quantize(model)
    #expect(
      quantized.listing == [
        "x_quantized,x_scale,x_zero_point = DynamicQuantizeLinear(x)",
        "y_output_quantized = "
          + "MatMulInteger(x_quantized,W_quantized,x_zero_point,W_zero_point)",
        "y_output_quantized_cast_output = Cast(y_output_quantized)",
        "/fc/MatMul_quant_scales_mul:0 = Mul(x_scale,W_scale)",
        "y = Mul(y_output_quantized_cast_output,/fc/MatMul_quant_scales_mul:0)",
      ])
    #expect(
      quantized.graph.nodes.map(\.name) == [
        "x_QuantizeLinear", "/fc/MatMul_quant", "y_output_quantized_cast",
        "/fc/MatMul_quant_scales_mul", "/fc/MatMul_quant_output_scale_mul",
      ])
    #expect(
      Set(quantized.graph.initializers.map(\.name)) == ["W_quantized", "W_scale", "W_zero_point"])
    #expect(quantized.initializer("W_quantized")?.dims == [3, 2])
    #expect(quantized.initializer("W_scale")?.dims == [])
    #expect(plan.entries.map(\.quantized) == [[.matMul]])
    #expect(plan.constantBytes.before == 24)
    #expect(plan.constantBytes.after == 6 + 5)
  }

  @Test func quantizesASharedActivationOnce() throws {
    let model = Tiny.model(
      outputs: ["q", "k", "v"].map(Tiny.float),
      ["q", "k", "v"].map { Tiny.matMul("x", "W" + $0, $0) },
      constants: ["Wq", "Wk", "Wv"].map { Tiny.weight($0, [2, 2]) })
    let (quantized, _) = try quantize(model)
    #expect(quantized.graph.nodes.count { $0.opType == "DynamicQuantizeLinear" } == 1)
    #expect(quantized.graph.nodes.count { $0.opType == "MatMulInteger" } == 3)
  }

  @Test func storesASharedWeightOnce() throws {
    let model = Tiny.model(
      [Tiny.matMul("x", "W", "h"), Tiny.matMul("h", "W", "y")],
      constants: [Tiny.weight("W", [2, 2])])
    let (quantized, plan) = try quantize(model)
    #expect(quantized.graph.initializers.count == 3)
    #expect(plan.entries.map(\.constantBytesBefore) == [16, 0])
  }

  @Test func nodesWithoutANameShareTheirScale() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("y"), Tiny.float("z")],
      [Tiny.matMul("x", "W", "y", name: ""), Tiny.matMul("x", "W", "z", name: "")],
      constants: [Tiny.weight("W", [2, 2])])
    let (quantized, plan) = try quantize(model)
    let products = quantized.graph.nodes.filter { $0.inputs == ["x_scale", "W_scale"] }
    #expect(products.map(\.name) == ["x_scale_W_scale_mul"])
    #expect(plan.entries.map(\.name) == ["y", "z"])
  }

  @Test func nodesOfTheSameNameKeepTheirOwnScales() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("y"), Tiny.float("z")],
      [Tiny.matMul("x", "W", "y", name: "mm"), Tiny.matMul("x", "V", "z", name: "mm")],
      constants: [Tiny.weight("W", [2, 2]), Tiny.weight("V", [2, 2], [9, 8, 7, 6])])
    let (quantized, _) = try quantize(model)
    let products = quantized.graph.nodes.filter { $0.inputs.first == "x_scale" }
    #expect(products.map(\.inputs) == [["x_scale", "W_scale"], ["x_scale", "V_scale"]])
    #expect(Set(products.flatMap(\.outputs)).count == 2)
  }

  @Test func productsOfActivationsNeedTheWiderScope() throws {
    let model = Tiny.model(
      inputs: [Tiny.float("x"), Tiny.float("k")], [Tiny.matMul("x", "k", "y")])
    let (left, plan) = try quantize(model)
    #expect(left == model)
    #expect(plan.entries[0].reason == "its second operand is an activation")
    let (quantized, _) = try quantize(model) { $0.matMulScope = .all }
    #expect(quantized.graph.nodes.count { $0.opType == "DynamicQuantizeLinear" } == 2)
  }

  @Test func perChannelIsPerColumnOfAMatrixOnly() throws {
    let nodes = [
      Tiny.matMul("x", "matrix", "a"), Tiny.matMul("x", "batch", "b"),
      Tiny.matMul("x", "vector", "c"),
    ]
    let constants = [
      Tiny.weight("matrix", [2, 3]), Tiny.weight("batch", [2, 2, 3]), Tiny.weight("vector", [2]),
    ]
    let model = Tiny.model(
      outputs: ["a", "b", "c"].map(Tiny.float), nodes, constants: constants)
    let (quantized, _) = try quantize(model) { $0.perChannel = true }
    #expect(quantized.initializer("matrix_scale")?.dims == [3])
    #expect(quantized.initializer("matrix_zero_point")?.dims == [3])
    #expect(quantized.initializer("batch_scale")?.dims == [])
    #expect(quantized.initializer("vector_scale")?.dims == [])
  }

  @Test func aConstantFirstOperandIsStoredAsAnActivation() throws {
    let model = Tiny.model([Tiny.matMul("W", "x", "y")], constants: [Tiny.weight("W", [2, 2])])
    let (quantized, plan) = try quantize(model) { $0.matMulScope = .all }
    #expect(quantized.initializer("W_quantized")?.dataType == .uint8)
    #expect(plan.entries[0].reason == "constant first operand, uint8 per tensor")
  }

  @Test func weightsThatAreNotInitializersAreActivations() throws {
    let value = Tiny.weight("", [2, 2])
    let constant = Node(
      name: "c", opType: "Constant", inputs: [], outputs: ["W"],
      attributes: [Attribute(name: "value", value: .tensor(value))])
    let model = Tiny.model([constant, Tiny.matMul("x", "W", "y")])
    let (left, plan) = try quantize(model)
    #expect(left == model)
    #expect(plan.entries[1].reason.contains("only initializers count as weights"))
  }

  @Test func otherReadersOfAWeightGetItsDequantizedValues() throws {
    let nodes = [Tiny.matMul("x", "W", "h"), Tiny.node("Relu", ["W"], "r")]
    let model = Tiny.model(
      outputs: [Tiny.float("h"), Tiny.float("r")], nodes, constants: [Tiny.weight("W", [2, 2])])
    let (quantized, plan) = try quantize(model) { $0.perChannel = true }
    let dequantize = try #require(quantized.graph.nodes.first { $0.outputs == ["W"] })
    #expect(dequantize.name == "W_DequantizeLinear")
    #expect(dequantize.inputs == ["W_quantized", "W_scale", "W_zero_point"])
    #expect(dequantize.attribute("axis")?.value == .int(-1))
    #expect(quantized.initializer("W") == nil)
    #expect(plan.warnings.contains { $0.contains("gets the dequantized values") })
    // DequantizeLinear has no axis there.
    var old = model
    old.opsetImports = [OperatorSetID(version: 11)]
    #expect(try quantize(old) { $0.perChannel = true }.model.initializer("W") != nil)
  }

  @Test func aWeightThatIsAnOutputIsDequantized() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("y"), Tiny.float("W")], [Tiny.matMul("x", "W", "y")],
      constants: [Tiny.weight("W", [2, 2])])
    #expect(
      try quantize(model).model.listing.contains(
        "W = DequantizeLinear(W_quantized,W_scale,W_zero_point)"))
  }

  @Test func dropsWhatNothingReads() throws {
    var model = Tiny.model(
      irVersion: 3, inputs: [Tiny.float("x"), Tiny.float("W")], [Tiny.matMul("x", "W", "y")],
      constants: [Tiny.weight("W", [2, 2]), Tiny.weight("unused", [1])])
    model.graph.valueInfo = [Tiny.float("W"), Tiny.float("y")]
    let (quantized, _) = try quantize(model)
    #expect(quantized.graph.inputs.map(\.name) == ["x"])
    #expect(quantized.graph.initializers.count == 3)
    #expect(quantized.graph.valueInfo.map(\.name) == ["y"])
    #expect(quantized.irVersion == 4)
  }

  @Test func keepsAnInitializerThatAnInnerGraphReads() throws {
    let branch = Graph(
      name: "then", nodes: [Tiny.matMul("x", "W", "t")], outputs: [Tiny.float("t")])
    let conditional = Tiny.node(
      "If", ["c"], "z", name: "if", [Attribute(name: "then_branch", value: .graph(branch))])
    let model = Tiny.model(
      inputs: [Tiny.float("x"), ValueInfo(name: "c", dataType: .bool, dims: [])],
      outputs: [Tiny.float("y"), Tiny.float("z")], [Tiny.matMul("x", "W", "y"), conditional],
      constants: [Tiny.weight("W", [2, 2])])
    let (quantized, plan) = try quantize(model)
    #expect(quantized.initializer("W") != nil)
    let inner = try #require(plan.entries.last)
    #expect(inner.scope == "if/then_branch")
    #expect(inner.opType == "MatMul")
    #expect(inner.quantized.isEmpty)
  }

  @Test func leavesWhatIsNotFloat() throws {
    let half = TensorProto(name: "H", dims: [1, 1], dataType: .float16, payload: .int32s([0]))
    let integers = TensorProto(name: "I", dims: [1, 1], dataType: .int64, payload: .int64s([1]))
    let model = Tiny.model(
      inputs: [], [Tiny.matMul("H", "H", "y"), Tiny.matMul("I", "I", "z")],
      constants: [half, integers])
    let plan = try DynamicQuantizer(options: QuantizationOptions(preset: .ort)).quantize(model).plan
    #expect(plan.entries[0].reason == "its constant is float16; only float is quantized")
    #expect(plan.entries[1].reason == "its constant is int64; only float is quantized")
  }

  @Test(arguments: [Float.nan, .infinity]) func leavesWeightsThatAreNotFinite(_ bad: Float) throws {
    let model = Tiny.model(
      [Tiny.matMul("x", "W", "y")], constants: [Tiny.weight("W", [1, 2], [1, bad])])
    let (left, plan) = try quantize(model)
    #expect(left == model)
    #expect(plan.entries[0].reason == "constant W has values that are not finite")
  }

  @Test func namesThatAreTakenGetANumber() throws {
    let model = Tiny.model(
      [
        Tiny.node("Relu", ["x"], "x_scale"), Tiny.matMul("x", "W", "h"),
        Tiny.node("Mul", ["h", "x_scale"], "y"),
      ],
      constants: [Tiny.weight("W", [2, 2])])
    let (quantized, _) = try quantize(model)
    let outputs = quantized.graph.nodes.flatMap(\.outputs)
    #expect(Set(outputs).count == outputs.count)
    #expect(outputs.contains("x_scale_1"))
  }
}
