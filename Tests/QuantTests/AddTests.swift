import OnnxParse
import Quant
import Testing

@Suite struct AddTests {
  private func quantize(
    _ model: Model, perChannel: Bool = false, _ operators: Set<QuantizedOperator> = [.add]
  ) throws -> (model: Model, plan: QuantizationPlan) {
    var options = QuantizationOptions(preset: .vitq)
    options.operators = operators
    options.perChannel = perChannel
    let result = try DynamicQuantizer(options: options).quantize(model)
    #expect(result.model.firstUndefinedValue == nil)
    return result
  }

  @Test func activationsGoThroughEightBits() throws {
    let model = Tiny.model(
      inputs: [Tiny.float("x"), Tiny.float("z")], [Tiny.node("Add", ["x", "z"], "y")])
    let (quantized, plan) = try quantize(model)
    #expect(
      quantized.listing == [
        "x_quantized,x_scale,x_zero_point = DynamicQuantizeLinear(x)",
        "x_dequantized = DequantizeLinear(x_quantized,x_scale,x_zero_point)",
        "z_quantized,z_scale,z_zero_point = DynamicQuantizeLinear(z)",
        "z_dequantized = DequantizeLinear(z_quantized,z_scale,z_zero_point)",
        "y = Add(x_dequantized,z_dequantized)",
      ])
    #expect(plan.count(of: .add) == 1)
  }

  @Test func sharesTheQuantizerOfAMatMul() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("m"), Tiny.float("y")],
      [Tiny.matMul("x", "W", "m"), Tiny.node("Add", ["x", "x"], "y")],
      constants: [Tiny.weight("W", [2, 2])])
    let (quantized, _) = try quantize(model, [.matMul, .add])
    #expect(quantized.graph.nodes.count { $0.opType == "DynamicQuantizeLinear" } == 1)
    #expect(quantized.listing.last == "y = Add(x_dequantized,x_dequantized)")
  }

  @Test func aConstantIsStoredInEightBits() throws {
    let model = Tiny.model(
      [Tiny.node("Add", ["b", "x"], "y")], constants: [Tiny.weight("b", [2], [1, -0.5])])
    // One scale to each single value would be larger than the values.
    for perChannel in [false, true] {
      let (quantized, plan) = try quantize(model, perChannel: perChannel)
      #expect(quantized.initializer("b") == nil)
      #expect(quantized.initializer("b_quantized")?.payload == .raw(Bytes([127, 0xC0])))
      #expect(quantized.initializer("b_scale")?.dims == [])
      #expect(quantized.listing.last == "y = Add(b_dequantized,x_dequantized)")
      #expect(plan.entries[0].reason == "constant stored as int8 per tensor")
    }
  }

  @Test func perChannelIsAlongTheLastAxis() throws {
    let model = Tiny.model(
      opset: 13, [Tiny.node("Add", ["x", "p"], "y")], constants: [Tiny.weight("p", [1, 4, 3])])
    let (quantized, _) = try quantize(model, perChannel: true)
    #expect(quantized.initializer("p_scale")?.dims == [3])
    let node = quantized.graph.nodes.first { $0.outputs == ["p_dequantized"] }
    #expect(node?.opType == "DequantizeLinear")
    #expect(node?.attribute("axis")?.value == .int(-1))
  }

  @Test func perChannelBelowOpset13UsesBroadcasting() throws {
    let model = Tiny.model(
      opset: 11, [Tiny.node("Add", ["x", "p"], "y")], constants: [Tiny.weight("p", [1, 4, 3])])
    let (quantized, plan) = try quantize(model, perChannel: true)
    #expect(
      plan.entries[0].written.map(\.opType) == [
        "DynamicQuantizeLinear", "DequantizeLinear", "Cast", "Cast", "Sub", "Mul", "Add",
      ])
    #expect(quantized.listing.contains("p_dequantized = Mul(p_centred,p_scale)"))
  }

  @Test func aConstantNodeIsAConstant() throws {
    let alias = Tiny.node("Identity", ["one"], "alias")
    let model = Tiny.model(
      [Tiny.scalar("one", 1), alias, Tiny.node("Add", ["x", "alias"], "y")])
    let (quantized, _) = try quantize(model)
    #expect(!quantized.graph.nodes.contains { ["Constant", "Identity"].contains($0.opType) })
    #expect(quantized.initializer("alias_quantized")?.payload == .raw(Bytes([127])))
  }

  @Test func aConstantNodeThatOthersReadStays() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("y"), Tiny.float("z")],
      [
        Tiny.scalar("one", 1), Tiny.node("Add", ["x", "one"], "y"),
        Tiny.node("Mul", ["x", "one"], "z"),
      ])
    #expect(try quantize(model).model.graph.nodes.contains { $0.opType == "Constant" })
  }

  @Test func shapeArithmeticIsLeft() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("s")],
      [Tiny.node("Shape", ["x"], "shape"), Tiny.node("Add", ["shape", "shape"], "s")])
    let (left, plan) = try quantize(model)
    #expect(left == model)
    #expect(plan.entries[1].reason == "its operand is int64; only float is quantized")
  }

  @Test func unknownTypesAreLeft() throws {
    let custom = Node(name: "f", opType: "F", domain: "custom", inputs: ["x"], outputs: ["u"])
    let model = Tiny.model(
      outputs: [ValueInfo(name: "y", type: nil)], [custom, Tiny.node("Add", ["u", "u"], "y")])
    let plan = try quantize(model).plan
    #expect(plan.entries[0].reason == "operator of domain custom")
    #expect(plan.entries[1].reason == "the element type of its inputs is not known")
  }

  @Test func sumsOfConstantsAreLeft() throws {
    let model = Tiny.model(
      inputs: [], [Tiny.node("Add", ["a", "a"], "y")], constants: [Tiny.weight("a", [2])])
    #expect(try quantize(model).plan.entries[0].reason == "both inputs are constants")
  }

  @Test(arguments: [QuantizationOptions.Preset.ort, .optimum2022])
  func otherToolsLeaveAddAlone(_ preset: QuantizationOptions.Preset) throws {
    let model = Tiny.model([Tiny.node("Add", ["x", "x"], "y")])
    var options = QuantizationOptions(preset: preset)
    options.operators = [.add]
    let (left, plan) = try DynamicQuantizer(options: options).quantize(model)
    #expect(left == model)
    #expect(plan.entries[0].reason == "preset \(preset.rawValue) leaves Add alone")
    #expect(plan.warnings.contains { $0.hasPrefix("Add is left in fp32") })
  }
}
