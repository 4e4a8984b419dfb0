import Foundation
import OnnxParse
import TestSupport
import Testing

struct QuantizeTests {
  private static let model = Fixtures.path("vit-fashion")

  @Test func aFolderHoldsAModelThatRuns() throws {
    let folder = try TemporaryFolder()
    let made = try Command.run("quantize", Self.model, folder.path("int8"), "--per-channel")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("quantized: 37 MatMul, 0 Add"), "\(made.output)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("int8")).sorted()
    #expect(names == ["config.json", "model.onnx", "preprocessor_config.json"])
    let image = Self.model + "/validation/bag"
    let png = try #require(
      FileManager.default.contentsOfDirectory(atPath: image).sorted().first)
    let run = try Command.run("run", folder.path("int8"), "--input", "\(image)/\(png)")
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func planWritesNothing() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "quantize", Self.model, "--plan", "--op", "MatMul,Add", "--exclude", "gelu,residual",
      in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("/vit/layers.0/mlp/fc1/MatMul"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == [])
  }

  @Test func aSelectorThatMatchesNothingIsReported() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "quantize", Self.model, folder.path("q.onnx"), "--exclude-node", "/nowhere/*")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("warning") && result.errors.contains("/nowhere/*"))
  }

  @Test func whatCannotBeRunIsNotKept() throws {
    let folder = try TemporaryFolder()
    var model = BrokenModel.sound
    model.graph.nodes[0].opType = "LSTM"
    model.graph.nodes[0].inputs = ["x"]
    model.graph.nodes[0].domain = "my.own"
    model.opsetImports.append(OperatorSetID(domain: "my.own", version: 1))
    let input = try folder.write(model.encoded(), as: "in.onnx")
    try folder.write(Array("before".utf8), as: "out.onnx")
    let result = try Command.run("quantize", input, folder.path("out.onnx"))
    #expect(result.status == 2)
    #expect(result.errors.contains("can't be run, so it was not kept"), "\(result.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
    #expect(names == ["in.onnx", "out.onnx"])
    #expect(try Data(contentsOf: folder.url.appending(path: "out.onnx")) == Data("before".utf8))
  }
}
