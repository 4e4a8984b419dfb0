import Foundation
import OnnxParse
import Quant
import Testing

@Suite struct PlanTests {
  private let model = Tiny.model(
    [
      Tiny.matMul("x", "W", "a", name: "first"), Tiny.matMul("a", "W", "b", name: "second"),
      Tiny.node("Softmax", ["b"], "y", name: "soft"),
    ], constants: [Tiny.weight("W", [2, 2])])

  private func plan(
    _ change: (inout QuantizationOptions) throws -> Void
  ) throws -> (model: Model, plan: QuantizationPlan) {
    var options = QuantizationOptions(preset: .ort)
    try change(&options)
    return try DynamicQuantizer(options: options).quantize(model)
  }

  @Test func everyNodeHasADecision() throws {
    let plan = try plan { _ in }.plan
    #expect(plan.entries.map(\.name) == ["first", "second", "soft"])
    #expect(plan.entries.map(\.quantized) == [[.matMul], [.matMul], []])
    #expect(plan.entries[2].reason == "only MatMul, Gemm and Add are quantized")
    #expect(plan.entries[0].written.map(\.name).contains("first_quant"))
    #expect(plan.quantizedCount == 2)
    #expect(plan.warnings.isEmpty)
  }

  @Test func exclusionIsStrongerThanInclusion() throws {
    let plan = try plan {
      $0.includeNodes = [try NodeSelector("*")]
      $0.excludeNodes = [try NodeSelector("second")]
    }.plan
    #expect(plan.entries.map(\.quantized) == [[.matMul], [], []])
    #expect(plan.entries[1].reason == "excluded by second")
  }

  @Test func onlyIncludedNodesAreQuantized() throws {
    let plan = try plan { $0.includeNodes = [try NodeSelector("/sec/")] }.plan
    #expect(plan.entries.map(\.quantized) == [[], [.matMul], []])
    #expect(plan.entries[0].reason == "not among the nodes to include")
  }

  @Test func selectorsThatDoNothingAreReported() throws {
    let (left, plan) = try plan {
      $0.excludedGroups = [.gelu]
      $0.excludeNodes = [try NodeSelector("soft"), try NodeSelector("nowhere")]
      $0.includeNodes = [try NodeSelector("third")]
    }
    #expect(left == model)
    #expect(
      plan.selections.map { "\($0.text) \($0.matched) \($0.effective)" } == [
        "gelu 0 0", "soft 1 0", "nowhere 0 0", "third 0 0",
      ])
    #expect(
      plan.warnings == [
        "group gelu (GELUs) matches no node",
        "selector soft changes nothing: no node that it matches would be quantized",
        "selector nowhere matches no node",
        "selector third matches no node",
        "nothing was quantized",
      ])
  }

  @Test func aGroupIsExcludedUnderEveryPreset() throws {
    let model = Tiny.model(
      [
        Tiny.node("Gather", ["x", "i"], "g"), Tiny.node("Add", ["g", "b"], "a"),
        Tiny.matMul("a", "W", "y"),
      ],
      constants: [
        TensorProto(name: "i", dims: [1], dataType: .int64, payload: .int64s([0])),
        Tiny.weight("b", [2]), Tiny.weight("W", [2, 2]),
      ])
    var options = QuantizationOptions(preset: .vitq)
    options.operators = [.matMul, .add]
    options.excludedGroups = [.gather]
    let plan = try DynamicQuantizer(options: options).quantize(model).plan
    #expect(plan.entries[1].reason == "excluded with group gather")
    #expect(plan.entries[2].quantized == [.matMul])
  }

  @Test(arguments: [Set<QuantizedOperator>([.matMul]), [.add], [.matMul, .add]])
  func aSecondPassFindsNothingToDo(_ operators: Set<QuantizedOperator>) throws {
    let model = Tiny.model(
      [
        Tiny.matMul("x", "W", "m"), Tiny.node("Add", ["m", "b"], "s"),
        Tiny.node("Add", ["s", "x"], "y"),
      ], constants: [Tiny.weight("W", [2, 2]), Tiny.weight("b", [2])])
    var options = QuantizationOptions(preset: .vitq)
    options.operators = operators
    let quantizer = DynamicQuantizer(options: options)
    let once = try quantizer.quantize(model)
    let twice = try quantizer.quantize(once.model)
    #expect(once.plan.quantizedCount > 0)
    #expect(twice.model == once.model)
    #expect(twice.plan.quantizedCount == 0)
    #expect(twice.plan.warnings.contains("the model is already quantized in part"))
  }

  @Test func aLaterPassReusesTheQuantizerOfAnEarlierOne() throws {
    // The quantizer stands before "second" and must move before "first".
    let model = Tiny.model(
      outputs: [Tiny.float("a"), Tiny.float("b")],
      [Tiny.matMul("x", "W", "a", name: "first"), Tiny.matMul("x", "V", "b", name: "second")],
      constants: [Tiny.weight("W", [2, 2]), Tiny.weight("V", [2, 2])])
    var options = QuantizationOptions(preset: .ort)
    options.includeNodes = [try NodeSelector("second")]
    let half = try DynamicQuantizer(options: options).quantize(model)
    options.includeNodes = []
    let whole = try DynamicQuantizer(options: options).quantize(half.model)
    #expect(whole.model.graph.nodes.count { $0.opType == "DynamicQuantizeLinear" } == 1)
    #expect(whole.model.firstUndefinedValue == nil)
    #expect(whole.plan.count(of: .matMul) == 1)
  }

  @Test func nodesOfTheWrongArityAreLeft() throws {
    let nodes = [
      Tiny.node("MatMul", ["x"], "a"), Tiny.node("MatMul", ["x", "W", "W"], "b"),
      Tiny.node("Add", ["x"], "c"), Tiny.node("Gemm", [], "d"),
      Node(name: "e", opType: "MatMul", inputs: ["x", "W"], outputs: []),
    ]
    let model = Tiny.model(nodes, constants: [Tiny.weight("W", [2, 2])])
    var options = QuantizationOptions()
    options.operators = [.matMul, .add]
    let (left, plan) = try DynamicQuantizer(options: options).quantize(model)
    #expect(left == model)
    #expect(plan.entries.allSatisfy { $0.quantized.isEmpty && !$0.reason.isEmpty })
  }

  @Test func oldOperatorSetsAreRefused() throws {
    var old = model
    old.opsetImports = [OperatorSetID(version: 10)]
    #expect(throws: QuantizationError.operatorSetTooOld(found: 10)) {
      try DynamicQuantizer().quantize(old)
    }
    old.opsetImports = [OperatorSetID(domain: "com.microsoft", version: 1)]
    #expect(throws: QuantizationError.noOperatorSet) { try DynamicQuantizer().quantize(old) }
  }

  @Test func survivesJSON() throws {
    let plan = try plan { $0.excludedGroups = [.softmax] }.plan
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(QuantizationPlan.self, from: data) == plan)
  }

  @Test func theTableHasALineToEachNode() throws {
    let plan = try plan { $0.excludeNodes = [try NodeSelector("second")] }.plan
    let lines = plan.table(everyNode: false).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "node    operator  groups  decision     range   reason",
        "first   MatMul            int8 MatMul  tensor  constant weight, int8 per tensor",
        "second  MatMul            fp32                 excluded by second",
        "exclude second: matches 1 nodes, 1 of them quantizable",
        "quantized: 1 MatMul, 0 Add; their constants: 16 bytes before, 9 after",
        "warning: second reads weight W, which is quantized for another node: "
          + "it gets the dequantized values",
      ])
  }
}
