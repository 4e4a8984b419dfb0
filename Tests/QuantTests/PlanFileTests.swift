import Foundation
import OnnxParse
import Quant
import TestSupport
import Testing

@Suite struct PlanFileTests {
  private static let models = [
    "golden/quantize/per_tensor_int8_symmetric/original",
    "golden/quantize/shared_weight_per_tensor/original",
    "golden/quantize/batched_weight_per_tensor/original", "golden/models/vit_opset11/model",
    "golden/models/vit_opset17/model", "golden/models/vit_sdpa_opset17/model",
  ]

  /// Options of every kind that decides on nodes or constants.
  private static func choices() throws -> [QuantizationOptions] {
    var all: [QuantizationOptions] = []
    for preset in QuantizationOptions.Preset.allCases {
      for range in ActivationRange.allCases {
        var options = QuantizationOptions(preset: preset)
        options.operators = [.matMul, .add]
        options.range = range
        all.append(options)
        options.perChannel.toggle()
        options.excludedGroups = [.layernorm, .residual]
        options.excludeNodes = [try NodeSelector("*key*")]
        options.weightType = .uint8
        options.symmetric = false
        all.append(options)
        options.operators = [.matMul]
        options.includeNodes = [try NodeSelector("/[Gg]emm|fc1/")]
        options.reduceRange = true
        options.symmetric = nil
        all.append(options)
      }
    }
    return all
  }

  @Test(arguments: models) func theFileMakesTheSameModel(_ name: String) throws {
    let model = try Model.load(path: Fixtures.path("\(name).onnx"))
    let constants = QuantizedConstants()
    var quantizedCounts: Set<Int> = []
    for options in try Self.choices() {
      let first = try DynamicQuantizer(options: options, constants: constants).quantize(model)
      let file = try PlanFile(first.plan, options: options, modelDigest: "0123")
      let read = try PlanFile(decoding: Data(file.json().utf8))
      #expect(read == file)
      let second = try DynamicQuantizer(options: read.quantizationOptions).quantize(model)
      #expect(try first.model.encoded() == second.model.encoded())
      #expect(first.plan.entries.map(\.quantized) == second.plan.entries.map(\.quantized))
      let third = try PlanFile(
        second.plan, options: read.quantizationOptions, modelDigest: "0123")
      #expect(third == file)
      quantizedCounts.insert(first.plan.quantizedCount)
    }
    #expect(quantizedCounts.count > 1)
  }

  private func file(_ nodes: String, options: String? = nil) -> String {
    let options =
      options ?? """
        "operators": ["MatMul"], "per_channel": true, "preset": "vitq", "range": "tensor", \
        "reduce_range": false, "weight_type": "int8"
        """
    return "{\"schema\": \"vitq.plan/1\", \"options\": {\(options)}, \"nodes\": [\(nodes)]}"
  }

  @Test func saysWhatIsDone() throws {
    let file = try PlanFile(
      decoding: Data(
        file(
          """
          {"name": "a", "quantize": true}, {"name": "b", "quantize": false},
          {"name": "c", "quantize": true, "per_channel": false, "range": "image"}
          """
        ).utf8))
    let options = file.quantizationOptions
    #expect(
      options.nodeChoices == [
        "a": NodeChoice(quantize: true), "b": NodeChoice(quantize: false),
        "c": NodeChoice(quantize: true, perChannel: false, range: .image),
      ])
    #expect(options.choosesAllNodes)
    #expect(options.perChannel)
    #expect(file.modelDigest == nil)
    #expect(file.options.symmetric == nil)
  }

  @Test func listsEveryNodeThatCouldBeQuantized() throws {
    let model = try Model.load(path: Fixtures.path("golden/models/vit_opset11/model.onnx"))
    let options = QuantizationOptions()
    let plan = try DynamicQuantizer(options: options).quantize(model).plan
    let file = try PlanFile(plan, options: options)
    let quantized = file.nodes.filter(\.choice.quantize)
    #expect(quantized.count == plan.quantizedCount)
    #expect(quantized.allSatisfy { $0.choice.perChannel == true && $0.choice.range == .tensor })
    // Adds and attention's products are there to be switched on.
    #expect(file.nodes.count > 2 * quantized.count)
    var everything = file
    everything.nodes = file.nodes.map {
      PlanFile.Entry(name: $0.name, choice: NodeChoice(quantize: true))
    }
    let whole = try DynamicQuantizer(options: everything.quantizationOptions).quantize(model).plan
    #expect(whole.quantizedCount == file.nodes.count)
  }

  @Test(
    arguments: [
      ("", "is not valid JSON"), ("{", "is not valid JSON"), ("[]", "must be an object"),
      ("{}", "schema: is missing"),
      (#"{"schema": 1}"#, "schema: must be a string"),
      (#"{"schema": "vitq.plan/2"}"#, "schema: is \"vitq.plan/2\"; this program reads vitq.plan/1"),
      (#"{"schema": "vitq.plan/1", "nodes": []}"#, "options: is missing"),
      (#"{"schema": "vitq.plan/1", "node": []}"#, "node: is not a known key"),
    ])
  func refusesWhatIsNoPlan(_ text: String, _ message: String) throws {
    let error = try #require(throws: PlanFileError.self) {
      try PlanFile(decoding: Data(text.utf8), file: "p.json")
    }
    #expect(error.description == "p.json: \(message)")
  }

  @Test(
    arguments: [
      ("3", "nodes[0]: must be an object"),
      (#"{"quantize": true}"#, "nodes[0].name: is missing"),
      (#"{"name": "a"}"#, "nodes[0].quantize: is missing"),
      (#"{"name": "a", "quantize": 1}"#, "nodes[0].quantize: must be true or false"),
      (
        #"{"name": "a", "quantize": true}, {"name": "b", "quantize": true, "bits": 4}"#,
        "nodes[1].bits: is not a known key"
      ),
      (
        #"{"name": "a", "quantize": true, "per_channel": "yes"}"#,
        "nodes[0].per_channel: must be true or false"
      ),
      (
        #"{"name": "a", "quantize": true, "range": "batch"}"#,
        "nodes[0].range: has \"batch\"; there are tensor, image, token"
      ),
      (
        #"{"name": "a", "quantize": true}, {"name": "a", "quantize": true}"#,
        "nodes: names \"a\" twice"
      ),
    ])
  func saysWhereANodeIsWrong(_ nodes: String, _ message: String) throws {
    let error = try #require(throws: PlanFileError.self) {
      try PlanFile(decoding: Data(file(nodes).utf8))
    }
    #expect(error.description == message)
  }

  @Test func saysWhichOptionIsWrong() throws {
    let error = try #require(throws: PlanFileError.self) {
      try PlanFile(
        decoding: Data(file("", options: #""preset": "vitq", "operators": ["Conv"]"#).utf8))
    }
    #expect(error.description == "options.operators: has \"Conv\"; there are MatMul, Add")
  }

  @Test func nodesOfOneNameThatDifferCanNotBeToldApart() throws {
    let model = Tiny.model(
      outputs: [Tiny.float("y"), Tiny.float("z")],
      [Tiny.matMul("x", "W", "y", name: "mm"), Tiny.matMul("x", "x", "z", name: "mm")],
      constants: [Tiny.weight("W", [2, 2])])
    var options = QuantizationOptions()
    let plan = try DynamicQuantizer(options: options).quantize(model).plan
    #expect(throws: QuantizationError.ambiguousName("mm")) {
      try PlanFile(plan, options: options)
    }
    options.matMulScope = .all
    options.perChannel = false
    let equal = try DynamicQuantizer(options: options).quantize(model)
    let file = try PlanFile(equal.plan, options: options)
    #expect(file.nodes.count == 1)
    let again = try DynamicQuantizer(options: file.quantizationOptions).quantize(model)
    #expect(again.model == equal.model)
  }

  @Test func aFileThatIsNotThereIsAnError() throws {
    let error = try #require(throws: PlanFileError.self) {
      try PlanFile.load(path: "/no/such/plan.json")
    }
    #expect(error.description == "/no/such/plan.json: No such file or directory")
  }
}
