import Foundation
import OnnxParse
import TensorIO
import TestSupport
import Testing
import ViTKernel

struct SynthCommandTests {
  @Test func aFolderIsAModelThatRuns() throws {
    let folder = try TemporaryFolder()
    let made = try Command.run("synth", "tiny", folder.path("vit"), "--labels", "7", "--seed", "3")
    #expect(made.status == 0, "\(made.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("vit")).sorted()
    #expect(names == ["config.json", "model.onnx", "preprocessor_config.json"])

    let inspected = try Command.run("inspect", folder.path("vit"), "--format", "json")
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(inspected.output.utf8)) as? [String: Any])
    #expect(report["parameters"] as? Int == 5_525_767)
    #expect(report["nodes"] as? Int == 1050)
    #expect(report["unsupported"] as? [String] == [])

    let pixels = Tensor(.float32, shape: [1, 3, 224, 224])
    try TensorFile.write(pixels, name: "pixel_values", to: folder.path("x.npy"))
    let run = try Command.run(
      "run", folder.path("vit"), "--input", folder.path("x.npy"),
      "--output", "logits=\(folder.path("y.npy"))")
    #expect(run.status == 0 && run.output == "", "\(run.errors)")
    let logits = try TensorFile.read(folder.path("y.npy"))
    #expect(logits.shape == [1, 7])
    #expect(Set(logits.elements(of: Float.self)).count == 7)
  }

  @Test func sameSeedSameBytes() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
      let made = try Command.run(
        "synth", "vit-tiny-patch16-224", folder.path("\(name).onnx"), "--seed", seed)
      #expect(made.status == 0, "\(made.errors)")
    }
    let files = try ["a", "b", "c"].map {
      try Data(contentsOf: folder.url.appending(path: "\($0).onnx"))
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test func aFolderThatCannotBeMadeIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write([], as: "file")
    let made = try Command.run("synth", "tiny", folder.path("file/vit"))
    #expect(made.status == 2)
    #expect(made.errors.hasPrefix("vitq: error: \(folder.path("file/vit")): can't make the folder"))
  }
}
