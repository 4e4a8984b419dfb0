import Foundation
import OnnxParse
import TensorIO
import TestSupport
import Testing
import ViTKernel

struct RunTests {
  private static let model = Fixtures.path("vit-fashion")
  private static let image = Fixtures.path("vit-fashion/validation/bag")

  private func firstImage() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.image).sorted()
    return Self.image + "/" + (try #require(names.first))
  }

  @Test func anImageIsMadeIntoPixels() throws {
    let result = try Command.run("run", Self.model, "--input", try firstImage())
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("logits: float32 [1, 10], min "))
  }

  @Test func outputsAreWrittenInBothFormats() throws {
    let folder = try TemporaryFolder()
    for name in ["y.npy", "y.pb"] {
      let result = try Command.run(
        "run", Self.model, "--input", "pixel_values=\(try firstImage())",
        "--output", folder.path(name))
      #expect(result.status == 0 && result.output == "", "\(result.errors)")
    }
    let logits = try ["y.npy", "y.pb"].map { try TensorFile.read(folder.path($0)) }
    #expect(logits[0].shape == [1, 10])
    #expect(
      TensorDifference.between(
        logits[0], logits[1], tolerance: Tolerance(relative: 0, absolute: 0)) == nil)
  }

  @Test(arguments: ["none", "basic", "all"])
  func optimizationChangesNoResult(level: String) throws {
    let folder = try TemporaryFolder()
    let image = try firstImage()
    for (name, level) in [("plain.npy", "none"), ("y.npy", level)] {
      let result = try Command.run(
        "run", Self.model, "--input", image, "--output", folder.path(name),
        "--optimization-level", level, "--threads", "1")
      #expect(result.status == 0, "\(result.errors)")
    }
    let difference = TensorDifference.between(
      try TensorFile.read(folder.path("y.npy")), try TensorFile.read(folder.path("plain.npy")),
      tolerance: Tolerance(relative: 0, absolute: 1e-4))
    #expect(difference == nil)
  }

  @Test func integersArePrintedExactly() throws {
    let folder = try TemporaryFolder()
    let model = Model(
      opsetImports: [OperatorSetID(version: 17)],
      graph: Graph(
        nodes: [Node(opType: "Identity", inputs: ["c"], outputs: ["y"])], inputs: [],
        outputs: [ValueInfo(name: "y", dataType: .int64, dims: [.size(3)])],
        initializers: [TensorProto(name: "c", dims: [3], int64s: [.min, .max, 3])]))
    let path = try folder.write(model.encoded(), as: "model.onnx")
    let result = try Command.run("run", path)
    #expect(
      result.output
        == "y: int64 [3], min -9223372036854775808, max 9223372036854775807, mean 1\n"
        + "  -9223372036854775808 9223372036854775807 3\n", "\(result.errors)")
  }

  @Test func wrongInputsAreRefused() throws {
    let folder = try TemporaryFolder()
    let image = try firstImage()
    try TensorFile.write(
      Tensor(.float32, shape: [1, 1, 28, 28]), name: "x", to: folder.path("grey.npy"))
    try TensorFile.write(
      Tensor(.int64, shape: [1, 3, 28, 28]), name: "x", to: folder.path("int.npy"))
    try folder.write(Array("no tensor".utf8), as: "text.npy")
    let wrong: [([String], String)] = [
      ([], "input \"pixel_values\" is missing"),
      (["--input", "pixels=\(image)"], "no input \"pixels\": the model has \"pixel_values\""),
      (["--input", image, "--input", image], "no input is left for it"),
      (["--input", folder.path("nowhere.npy")], "can't be read"),
      (["--input", folder.path("text.npy")], "not a .npy file"),
      (["--input", folder.path("x.gif")], "must end in .npy, .pb, .png, .jpg or .jpeg"),
      (["--input", folder.path("grey.npy")], "[1, 1, 28, 28]"),
      (["--input", folder.path("int.npy")], "int64"),
      (["--input", image, "--output", "scores=y.npy"], "no output \"scores\""),
      (["--input", image, "--output", folder.path("no/folder/y.npy")], "can't be written"),
    ]
    for (arguments, message) in wrong {
      let result = try Command.run(["run", Self.model] + arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.hasPrefix("vitq: error: "))
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
