import Foundation
import TestSupport
import Testing

/// `vitq quantize --save-plan` and `--plan-file`.
struct PlanFileCommandTests {
  private static let model = Fixtures.path("vit-fashion")

  @Test(
    arguments: [
      ["--op", "MatMul,Add", "--exclude", "gelu"], ["--preset", "optimum-2022"],
      ["--weight-type", "uint8", "--asymmetric", "--per-tensor", "--exclude-node", "*/query/*"],
      ["--range", "token", "--reduce-range"],
    ])
  func theSavedPlanMakesTheSameFile(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let (first, second) = (folder.path("first.onnx"), folder.path("second.onnx"))
    let plan = folder.path("plan.json")
    let made = try Command.run(
      ["quantize", Self.model, first, "--save-plan", plan] + arguments)
    #expect(made.status == 0, "\(made.errors)")
    let again = try Command.run("quantize", Self.model, second, "--plan-file", plan)
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      try Data(contentsOf: URL(filePath: first)) == Data(contentsOf: URL(filePath: second)))
    #expect(!again.errors.contains("SHA-256"), "\(again.errors)")
  }

  @Test func aPlanNeedsNoModelBesideIt() throws {
    let folder = try TemporaryFolder()
    let plan = folder.path("plan.json")
    let result = try Command.run("quantize", Self.model, "--save-plan", plan)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["plan.json"])
  }

  @Test func anotherModelsPlanIsWarnedOf() throws {
    let folder = try TemporaryFolder()
    let plan = folder.path("plan.json")
    #expect(try Command.run("quantize", Self.model, "--save-plan", plan).status == 0)
    var text = try String(contentsOfFile: plan, encoding: .utf8)
    let digest = try #require(text.firstMatch(of: /"model_sha256" : "([0-9a-f]{64})"/)).1
    text.replace(digest, with: String(repeating: "0", count: 64))
    try text.write(toFile: plan, atomically: false, encoding: .utf8)
    let result = try Command.run(
      "quantize", Self.model, folder.path("q.onnx"), "--plan-file", plan)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("plan.json: made for another model"), "\(result.errors)")
  }

  @Test(
    arguments: [
      (#"/vit/nowhere"#, #""quantize" : true"#, "has no node of this name"),
      (#"/vit/layers.0/attention/Softmax"#, #""quantize" : true"#, "it can't be quantized: only"),
      (#"/classifier/Gemm"#, #""quantize" : 1"#, "nodes[0].quantize: must be true or false"),
      (#"/classifier/Gemm"#, #""quantise" : true"#, "nodes[0].quantise: is not a known key"),
    ])
  func mistakesAreErrors(name: String, member: String, message: String) throws {
    let folder = try TemporaryFolder()
    let plan = try folder.write(
      Array(
        """
        {"schema": "vitq.plan/1", "options": {"operators": ["MatMul"], "per_channel": true,
         "preset": "vitq", "range": "tensor", "reduce_range": false, "weight_type": "int8"},
         "nodes": [{"name": "\(name)", \(member)}]}
        """.utf8), as: "plan.json")
    let result = try Command.run(
      "quantize", Self.model, folder.path("q.onnx"), "--plan-file", plan)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("vitq: error: \(plan): "), "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.path("q.onnx")))
  }
}
