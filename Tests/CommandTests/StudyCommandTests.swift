import Foundation
import OnnxParse
import Study
import TensorIO
import TestSupport
import Testing

/// `vitq study` and `vitq tune` end to end, on the embedded model.
@Suite struct StudyCommandTests {
  private static let model = Fixtures.path("vit-fashion")
  private static let images = Fixtures.path("vit-fashion/validation")

  @Test func aStudyKeepsEverythingInItsFolder() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("study")
    let result = try Command.run(
      "study", Self.model, "--images", Self.images, "--max-images", "10", "--by", "layer,role",
      "--no-local", "--timing-runs", "2", "--factorial", "--out", out)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("10 images, fp32 top-1"))
    #expect(result.output.contains("attention output"))
    let report = try StudyReport.load(path: out + "/report.json")
    #expect(report.variants.count > 40)
    for variant in report.variants {
      let path = "\(out)/\(variant.logitsFile)"
      let data = try Data(contentsOf: URL(filePath: path))
      #expect(try Npy.decode([UInt8](data), file: path).shape == [10, 10])
    }
    let html = try String(contentsOfFile: out + "/report.html", encoding: .utf8)
    #expect(html.contains("The effect of quantization on vit-fashion"))
    let csv = try String(contentsOfFile: out + "/report.csv", encoding: .utf8)
    #expect(csv.split(whereSeparator: \.isNewline).count == 1 + report.subjects.count)

    let again = try Command.run(
      "study", Self.model, "--images", Self.images, "--max-images", "10", "--by", "layer,role",
      "--no-local", "--timing-runs", "2", "--factorial", "--out", out, "--resume")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try StudyReport.load(path: out + "/report.json") == report)

    let other = try Command.run(
      "study", Self.model, "--images", Self.images, "--max-images", "11", "--by", "layer,role",
      "--out", out, "--resume")
    #expect(other.status == 2)
    #expect(other.errors.contains("another set of images"))
    #expect(other.errors.split(separator: "\n").count { $0.contains("error") } == 1)
  }

  @Test func theCostIsToldBeforehand() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("study")
    let result = try Command.run(
      "study", Self.model, "--images", Self.images, "--max-images", "100", "--dry-run", "--out",
      out)
    #expect(result.status == 0)
    #expect(result.output.contains("models over 100 images"))
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test func imagesWithoutLabelsWillDo() throws {
    let folder = try TemporaryFolder()
    let label = try #require(
      try FileManager.default.contentsOfDirectory(atPath: Self.images).sorted().first)
    let source = Self.images + "/" + label
    for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted().prefix(3) {
      try FileManager.default.copyItem(
        atPath: source + "/" + name, toPath: folder.path(name))
    }
    let result = try Command.run(
      "study", Self.model, "--images", folder.path(""), "--by", "group", "--no-local",
      "--timing-runs", "0", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONDecoder().decode(StudyReport.self, from: Data(result.output.utf8))
    #expect(report.record.imageCount == 3)
    #expect(report.accuracy == nil && report.all.accuracy == nil)
  }

  @Test(arguments: [
    (["study", "MODEL"], 2, "a study needs images"),
    (["study", "MODEL", "--images", "/nowhere"], 2, "/nowhere"),
    (["study", "MODEL", "--images", "IMAGES", "--node", "nothing*"], 2, "nothing*"),
    (["study", "MODEL", "--images", "IMAGES", "--resume"], 64, "--resume"),
    (["study", "MODEL", "--images", "IMAGES", "--by", "colour"], 64, "colour"),
    (["tune", "MODEL", "--images", "IMAGES", "--max-drop", "much"], 64, "much"),
    (["tune", "MODEL"], 64, "--images"),
    (["tune", "MODEL", "--images", "MODEL", "--calibration-split", "tarin"], 2, "tarin"),
    (["study", "MODEL", "--split", "train"], 64, "--split needs --images"),
  ])
  func badInputIsOneLine(arguments: [String], status: Int32, message: String) throws {
    let names = ["MODEL": Self.model, "IMAGES": Self.images]
    let result = try Command.run(arguments.map { names[$0] ?? $0 })
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  /// The file and the plan that a search writes belong together.
  @Test func tuningWritesAModelAndItsPlan() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("tuned.onnx")
    let result = try Command.run(
      "tune", Self.model, out, "--images", Self.model, "--calibration-split", "train",
      "--max-images", "20", "--duration", "0.05",
      "--evaluations", "4", "--report", folder.path("report"))
    let tuned = try report(folder.path("report/report.json"))
    #expect(result.output.contains("Mixtures that were run"))
    if tuned.winner == 0 {
      // Nothing is faster on the machine at hand: that is an answer, and no file is written.
      #expect(result.status == 1)
      #expect(!FileManager.default.fileExists(atPath: out))
      return
    }
    #expect(result.status == 0, "\(result.errors)")
    let again = folder.path("again.onnx")
    let quantized = try Command.run(
      "quantize", Self.model, again, "--plan-file", out + ".plan.json")
    #expect(quantized.status == 0, "\(quantized.errors)")
    #expect(FileManager.default.contentsEqual(atPath: out, andPath: again))
  }

  private func report(_ path: String) throws -> TuneReport {
    try JSONDecoder().decode(TuneReport.self, from: Data(contentsOf: URL(filePath: path)))
  }
}
