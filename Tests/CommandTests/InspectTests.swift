import Foundation
import OnnxParse
import TestSupport
import Testing

struct InspectTests {
  @Test func weightsInOtherFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    var model = BrokenModel.sound
    model.graph.initializers[0].payload = .external([StringPair(key: "location", value: "m.data")])
    let path = try folder.write(model.encoded(), as: "m.onnx")
    let missing = try Command.run("inspect", path)
    #expect(missing.status == 2)
    #expect(missing.errors.hasPrefix("vitq: error: \(path): graph.tensor"), "\(missing.errors)")
    _ = try folder.write(BrokenModel.sound.graph.initializers[0].rawBytes().array, as: "m.data")
    let result = try Command.run("inspect", path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("weights in  m.data"), "\(result.output)")
    let json = try Command.run("inspect", path, "--format", "json")
    let report = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(report?["external_files"] as? [String] == ["m.data"])
    let quantized = try Command.run("quantize", path, folder.path("q.onnx"), "--op", "Add")
    #expect(quantized.status == 0, "\(quantized.errors)")
  }

  @Test func whatCanBeRunIsSaid() throws {
    let result = try Command.run("inspect", Fixtures.path("vit-fashion"))
    #expect(result.output.hasSuffix("all nodes can be run\n"))
    #expect(result.output.contains("6 attention layers: 4 heads of 32, hidden size 128, 50 tokens"))
    #expect(result.output.contains("quantizable  0 Add, 37 MatMul"))
  }

  /// Attention that no single kernel computes is recognised by its softmax between two products.
  @Test(arguments: [
    ("vit_script17_qdq", "2 attention layers: 2 heads of 12, hidden size 24, 17 tokens"),
    ("torchvision_maxvit_dynamo18", "2 attention layers: 2 heads of 8, hidden size 16, 16 tokens"),
  ])
  func attentionInPiecesIsFound(model: String, line: String) throws {
    let result = try Command.run("inspect", Fixtures.path("zoo/\(model)"))
    #expect(result.output.contains(line), "\(result.output)")
  }

  /// Heads are those of an image, also where a model folds a batch into them.
  @Test func headsAreThoseOfAnImage() throws {
    let model = Fixtures.path("zoo/vit_script17_qdq")
    let result = try Command.run("inspect", model, "--shape", "3x3x32x32")
    #expect(result.output.contains("2 heads of 12, hidden size 24"), "\(result.output)")
  }

  @Test func namesCannotSteerATerminal() throws {
    let folder = try TemporaryFolder()
    var model = BrokenModel.sound
    model.graph.nodes[0].name = "a\nb\u{1B}[31m"
    model.graph.nodes[0].opType = "Sum2"
    let result = try Command.run("inspect", try folder.write(model.encoded(), as: "m.onnx"))
    #expect(result.status == 1)
    #expect(result.output.contains("\"a\\nb\\u{1B}[31m\" (Sum2)"), "\(result.output)")
  }

  /// Products counted by hand: 6 layers of 4 projections and 2 products of an MLP of 128 and 512 over
  /// 50 tokens, attention over 50 x 50, 49 patches of 48 pixels, and 10 classes.
  @Test func theRunIsDescribed() throws {
    let result = try Command.run(
      "inspect", Fixtures.path("vit-fashion"), "--format", "json", "--shape", "2x3x28x28")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let execution = try #require(report["execution"] as? [String: Any])
    let layer = 50 * (4 * 128 * 128 + 2 * 128 * 512) + 2 * 50 * 50 * 128
    let flops = 2 * 2 * (6 * layer + 49 * 48 * 128 + 128 * 10)
    #expect(execution["flops"] as? Int == flops)
    let nodes = try #require(execution["nodes"] as? [[String: Any]])
    #expect(nodes.count == report["nodes"] as? Int)
    #expect(nodes.filter { $0["kernel"] as? String == "attention" }.count == 72)
  }

  @Test func operatorsAreATableOfTheRegistry() throws {
    let result = try Command.run("inspect", "--operators", "--format", "markdown")
    #expect(result.output.hasPrefix("| operator | domain | versions | element types | kernel |"))
    #expect(result.output.contains("| MatMul | ai.onnx | "))
  }
}
