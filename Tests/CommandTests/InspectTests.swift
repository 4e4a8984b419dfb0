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
    let result = try Command.run("inspect", path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("can't be run: weights are in m.data"), "\(result.output)")
    #expect(!result.output.contains("all nodes can be run"))
    let json = try Command.run("inspect", path, "--format", "json")
    let report = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(report?["external_files"] as? [String] == ["m.data"])
    let quantized = try Command.run("quantize", path, folder.path("q.onnx"), "--op", "Add")
    #expect(quantized.status == 2)
    #expect(quantized.errors.hasPrefix("vitq: error: \(path): "), "\(quantized.errors)")
  }

  @Test func whatCanBeRunIsSaid() throws {
    let result = try Command.run("inspect", Fixtures.path("vit-fashion"))
    #expect(result.output.hasSuffix("all nodes can be run\n"))
  }
}
