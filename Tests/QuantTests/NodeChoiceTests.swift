import OnnxParse
import Quant
import Testing

@Suite struct NodeChoiceTests {
  /// first = x W; second = first V; sum = second + bias; product = sum sum.
  private let model = Tiny.model(
    [
      Tiny.matMul("x", "W", "a", name: "first"), Tiny.matMul("a", "V", "b", name: "second"),
      Tiny.node("Add", ["b", "bias"], "c", name: "sum"),
      Tiny.matMul("c", "c", "d", name: "product"), Tiny.node("Softmax", ["d"], "y", name: "soft"),
    ],
    constants: [Tiny.weight("W", [2, 2]), Tiny.weight("V", [2, 2]), Tiny.weight("bias", [2])])

  private func quantize(
    _ choices: [String: NodeChoice], only: Bool = false,
    _ change: (inout QuantizationOptions) throws -> Void = { _ in }
  ) throws -> (model: Model, plan: QuantizationPlan) {
    var options = QuantizationOptions(preset: .ort)
    options.nodeChoices = choices
    options.choosesAllNodes = only
    try change(&options)
    let result = try DynamicQuantizer(options: options).quantize(model)
    #expect(result.model.firstUndefinedValue == nil)
    return result
  }

  @Test func beatEveryOtherOption() throws {
    let choices = ["first", "sum", "product"].map { ($0, NodeChoice(quantize: true)) }
    let plan = try quantize(Dictionary(uniqueKeysWithValues: choices)) {
      $0.excludeNodes = [try NodeSelector("*")]
      $0.includeNodes = [try NodeSelector("second")]
      $0.excludedGroups = [.residual]
      $0.operators = []
    }.plan
    #expect(plan.entries.map(\.quantized) == [[.matMul], [], [.add], [.matMul], []])
  }

  @Test func fp32BeatsTheOptionsToo() throws {
    let plan = try quantize(["second": NodeChoice(quantize: false)]).plan
    #expect(plan.entries.map(\.quantized) == [[.matMul], [], [], [], []])
    #expect(plan.entries[1].reason == "fp32 is chosen for it")
    #expect(plan.entries[1].isQuantizable)
    #expect(!plan.entries[4].isQuantizable)
  }

  @Test func otherNodesMayBeLeftAlone() throws {
    let plan = try quantize(["second": NodeChoice(quantize: true)], only: true).plan
    #expect(plan.entries.map(\.quantized) == [[], [.matMul], [], [], []])
    #expect(plan.entries[0].reason == "nothing is chosen for it")
    #expect(plan.entries[4].reason == "only MatMul, Gemm and Add are quantized")
  }

  @Test func granularityIsEachNodesOwn() throws {
    let (quantized, plan) = try quantize([
      "first": NodeChoice(quantize: true, perChannel: true),
      "second": NodeChoice(quantize: true, perChannel: false),
    ]) { $0.perChannel = true }
    #expect(quantized.initializer("W_scale")?.dims == [2])
    #expect(quantized.initializer("V_scale")?.dims == [])
    #expect(plan.entries.map(\.perChannel) == [true, false, false, false, false])
  }

  @Test(
    arguments: [
      ("third", NodeChoice(quantize: true), "the main graph of the model has no node"),
      ("third", NodeChoice(quantize: false), "the main graph of the model has no node"),
      ("soft", NodeChoice(quantize: true), "only MatMul, Gemm and Add are quantized"),
      ("sum", NodeChoice(quantize: true, perChannel: true), "no constant that can be stored per"),
      ("product", NodeChoice(quantize: true, perChannel: true), "no constant that can be stored"),
      ("product", NodeChoice(quantize: true, range: .image), "its second operand is no constant"),
    ])
  func whatCanNotBeDoneIsAnError(
    _ name: String, _ choice: NodeChoice, _ message: String
  ) throws {
    let error = try #require(throws: QuantizationError.self) { try quantize([name: choice]) }
    #expect(error.description.hasPrefix("node \"\(name)\": "))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test func aSharedConstantHasOneGranularity() throws {
    let shared = Tiny.model(
      [Tiny.matMul("x", "W", "a", name: "first"), Tiny.matMul("a", "W", "y", name: "second")],
      constants: [Tiny.weight("W", [2, 2])])
    var options = QuantizationOptions()
    for (first, second) in [(true, false), (false, true)] {
      options.nodeChoices = [
        "first": NodeChoice(quantize: true, perChannel: first),
        "second": NodeChoice(quantize: true, perChannel: second),
      ]
      #expect(throws: QuantizationError.self) {
        try DynamicQuantizer(options: options).quantize(shared)
      }
    }
  }

  @Test func aConstantThatIsNotFiniteIsAnError() throws {
    let bad = Tiny.model(
      [Tiny.matMul("x", "W", "y", name: "only")], constants: [Tiny.weight("W", [1, 2], [1, .nan])])
    var options = QuantizationOptions()
    options.nodeChoices = ["only": NodeChoice(quantize: true)]
    let error = try #require(throws: QuantizationError.self) {
      try DynamicQuantizer(options: options).quantize(bad)
    }
    #expect(error.description.contains("values that are not finite"))
  }
}
