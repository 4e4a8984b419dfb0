import Eval
import Foundation
import TestSupport
import Testing

/// `vitq eval` and `vitq classify` end to end, on the embedded model.
@Suite struct EvalCommandTests {
  private static let model = Fixtures.path("vit-fashion")
  private static let images = Fixtures.path("vit-fashion/validation")

  private func firstBag() throws -> String {
    let folder = Self.images + "/bag"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return folder + "/" + (try #require(names.first))
  }

  @Test func anEvaluationHasAReportAndPredictions() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "eval", Self.model, "--images", Fixtures.path("vit-fashion"), "--split", "validation",
      "--max-samples", "20", "--seed", "7", "--per-tensor", "--out", folder.path("out"),
      "--predictions", folder.path("all.jsonl"), "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    #expect(!result.errors.contains("warning"))
    let report = try JSONDecoder().decode(EvalReport.self, from: Data(result.output.utf8))
    #expect(report.images == 20 && report.record.models.map(\.name) == ["vit-fashion", "int8"])
    #expect(report.paired != nil && report.baseline?.top1.total == 20)
    #expect(
      try String(contentsOfFile: folder.path("out/report.json"), encoding: .utf8) == result.output)
    let lines = try String(contentsOfFile: folder.path("all.jsonl"), encoding: .utf8)
    #expect(lines.split(separator: "\n").count == 20)

    let again = try Command.run("report", folder.path("out"), "--out", folder.path("again"))
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains("Calibration error"))
    for name in ["report.html", "report.md", "report.csv"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder.path("out/" + name), andPath: folder.path("again/" + name)))
    }
    let two = try Command.run("report", folder.path("out"), folder.path("out"))
    #expect(two.status == 2 && two.errors.contains("--compare"))
  }

  /// A file that the program opens must not be taken for it.
  @Test func aClosedStandardInputIsEmpty() throws {
    let process = Command.process([])
    let program = try #require(process.executableURL)
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", #"exec "$0" classify "$1" - <&-"#, program.path, Self.model]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2 && text.contains("the file is empty"), "\(text)")
  }

  /// 12 images of which one is none, a folder that is called as one, and a file that is not.
  @Test(arguments: [
    ["eval", "--skip-bad"],
    ["bench", "--skip-bad", "--duration", "0.01", "--batch-size", "1", "--op", "Add"],
    ["study", "--skip-bad", "--by", "group", "--timing-runs", "0", "--no-local"],
  ])
  func whatCannotBeUsedIsNamedAndPassedOver(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let bag = folder.path("set/bag")
    try FileManager.default.createDirectory(
      atPath: bag + "/folder.png", withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.images + "/bag").sorted()
    for name in names.prefix(4) {
      try FileManager.default.copyItem(
        atPath: "\(Self.images)/bag/\(name)", toPath: "\(bag)/\(name)")
    }
    _ = try folder.write([1, 2, 3], as: "set/bag/none.png")
    _ = try folder.write([], as: "set/notes.txt")
    let result = try Command.run(
      [arguments[0], Self.model, "--images", folder.path("set")] + arguments.dropFirst())
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("bag/none.png: not a PNG or JPEG file"), "\(result.errors)")
    #expect(result.errors.contains("bag/folder.png: "))
    #expect(result.errors.contains("1 file is not called as images are"))
    #expect(result.output.contains("4") && !result.output.contains("6 images"))
    #expect(arguments[0] != "bench" || result.output.contains(": 2 passed over."))
    let strict = try Command.run(
      [arguments[0], Self.model, "--images", folder.path("set")]
        + arguments.dropFirst().filter { $0 != "--skip-bad" })
    #expect(strict.status == 2 && strict.output.isEmpty)
  }

  @Test func comparesWithAPlanAndWithAnotherModel() throws {
    let folder = try TemporaryFolder()
    let quantized = try Command.run(
      "quantize", Self.model, folder.path("int8"), "--save-plan", folder.path("plan.json"))
    #expect(quantized.status == 0, "\(quantized.errors)")
    let outputs = try [folder.path("plan.json"), folder.path("int8"), "int8"].map { other in
      let result = try Command.run(
        "eval", Self.model, "--images", Self.images, "--max-samples", "5", "--compare", other,
        "--format", "json")
      #expect(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(EvalReport.self, from: Data(result.output.utf8))
    }
    // One and the same model, by whatever way.
    #expect(Set(outputs.compactMap { $0.record.models.last?.digest }).count == 1)
    #expect(outputs[0].logits == outputs[1].logits && outputs[1].logits == outputs[2].logits)
  }

  @Test func badImagesEndTheRunOrAreCounted() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "bag"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: firstBag(), toPath: folder.path("bag/good.png"))
    try folder.write([], as: "bag/empty.png")
    let list = try folder.write(
      "path,label\nbag/good.png,bag\nbag/empty.png,bag\nbag/good.png,bags\n".utf8, as: "list.csv")
    let strict = try Command.run("eval", Self.model, "--images", folder.path(""))
    #expect(strict.status == 2 && strict.output.isEmpty)
    #expect(strict.errors.contains("empty.png") && !strict.errors.contains("good.png"))
    let label = try Command.run("eval", Self.model, "--images", list)
    #expect(label.status == 2)
    #expect(label.errors.contains("list.csv:4: \"bags\" is no label"), "\(label.errors)")
    #expect(label.errors.contains("nearest are \"bag\""))
    let lenient = try Command.run("eval", Self.model, "--images", list, "--skip-bad")
    #expect(lenient.status == 0, "\(lenient.errors)")
    #expect(lenient.output.contains("1 image, 2 passed over"))
    #expect(lenient.errors.split(separator: "\n").count { $0.contains("passed over: ") } == 2)
  }

  @Test(arguments: [
    (["eval", "MODEL"], 2, "needs images"),
    (["eval", "MODEL", "--images", "/nowhere"], 2, "/nowhere"),
    (["eval", "MODEL", "--images", "IMAGES", "--compare", "/nowhere"], 2, "/nowhere"),
    (["eval", "MODEL", "--images", "IMAGES", "--compare", "a.onnx", "--per-tensor"], 64, "int8"),
    (["eval", "MODEL", "--images", "IMAGES", "--predictions", "a.txt"], 64, ".csv or .jsonl"),
    (["eval", "MODEL", "--images", "IMAGES", "--shard", "1/2"], 64, "--out"),
    (["eval", "MODEL", "--images", "IMAGES", "--shard", "3/2", "--out", "o"], 64, "3/2"),
    (["eval", "MODEL", "--split", "test"], 64, "--images"),
    (["eval", "MODEL", "--images", "IMAGES", "--seed", "1"], 64, "--max-samples"),
    (["classify", "MODEL"], 64, "<image>"),
    (["classify", "MODEL", "/nowhere.png"], 2, "/nowhere.png"),
    (["classify", "MODEL", "-"], 2, "standard input"),
  ])
  func badInputIsOneLine(arguments: [String], status: Int32, message: String) throws {
    let names = ["MODEL": Self.model, "IMAGES": Self.images]
    let result = try Command.run(arguments.map { names[$0] ?? $0 })
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func aModelWithoutItsFilesSaysSo() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("vit.onnx")
    try FileManager.default.copyItem(atPath: Self.model + "/model.onnx", toPath: file)
    let pixels = try Command.run("classify", file, try firstBag())
    #expect(pixels.status == 2 && pixels.errors.contains("preprocessor_config.json is missing"))
    try FileManager.default.copyItem(
      atPath: Self.model + "/preprocessor_config.json",
      toPath: folder.path("preprocessor_config.json"))
    let labels = try Command.run("eval", file, "--images", Self.images)
    #expect(labels.status == 2 && labels.errors.contains("config.json is missing"))
    let numbers = try Command.run("classify", file, try firstBag(), "--top", "1")
    #expect(numbers.status == 0 && numbers.output.contains("  8\n"), "\(numbers.output)")
  }

  @Test func classifiesFilesAndStandardInput() throws {
    let path = try firstBag()
    let text = try Command.run("classify", Self.model, path, "--top", "3", "--compare")
    #expect(text.status == 0, "\(text.errors)")
    let lines = text.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[0] == path)
    #expect(lines[1].split(separator: " ").map(String.init) == ["fp32", "int8"])
    #expect(lines[2].split(separator: " ").count == 4 && lines[2].hasSuffix("bag"))

    let process = Command.process(["classify", Self.model, path, "-", "--format", "json"])
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: path))
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let images = try #require(report["images"] as? [[String: Any]])
    #expect(images.map { $0["path"] as? String } == [path, "-"])
    let classes = try images.map { image in
      try #require(image["classes"] as? [[String: Any]]).compactMap { $0["label"] as? String }
    }
    #expect(classes[0] == classes[1] && classes[0].first == "bag" && classes[0].count == 5)
  }
}
