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

  @Test func weightsMayLieBesideTheModel() throws {
    let folder = try TemporaryFolder()
    let inside = try Command.run("quantize", Self.model, folder.path("a.onnx"))
    let beside = try Command.run(
      "quantize", Self.model, folder.path("b.onnx"), "--external-data")
    #expect(inside.status == 0 && beside.status == 0, "\(beside.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
    #expect(names == ["a.onnx", "b.onnx", "b.onnx.data"])
    #expect(
      try Model.open(path: folder.path("a.onnx")).graph
        == Model.open(path: folder.path("b.onnx")).graph)
    let run = try Command.run("inspect", folder.path("b.onnx"))
    #expect(run.output.contains("weights in  b.onnx.data"), "\(run.output)")
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
    #expect(result.errors.contains("vitq: warning: selector /nowhere/* matches no node"))
    #expect(!result.output.contains("warning"), "\(result.output)")
  }

  @Test(arguments: ["int8", "uint8"], ["--symmetric", "--asymmetric"])
  func zeroPointsAreWhereTheyWereAskedFor(type: String, symmetry: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("q.onnx")
    let made = try Command.run(
      "quantize", Self.model, path, "--per-tensor", "--weight-type", type, symmetry)
    #expect(made.status == 0, "\(made.errors)")
    let graph = try Model.load(path: path).graph
    let zeros = try graph.initializers.filter { $0.name.hasSuffix("_zero_point") }
      .map { try $0.int32s() }
    #expect(zeros.count == 37)
    let middle: [Int32] = type == "int8" ? [0] : [128]
    #expect(zeros.allSatisfy { $0 == middle } == (symmetry == "--symmetric"))
  }
}
