import Foundation
import TestSupport
import Testing

struct BenchCommandTests {
  private static let short = [
    "--batch-size", "1", "--duration", "0.01", "--warmup", "0", "--threads", "1",
  ]

  private func configurations(_ text: String) throws -> [[String: Any]] {
    let report = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(report["schema"] as? String == "vitq.bench/1")
    return try #require(report["configurations"] as? [[String: Any]])
  }

  @Test func oneConfigurationOfTheEmbeddedModel() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      ["bench", "--op", "MatMul", "--exclude", "gelu", "--per-channel", "--no-accuracy"]
        + Self.short + ["--format", "json", "--out", folder.path("out")], in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    let configuration = try #require(try configurations(result.output).first)
    #expect(configuration["operators_to_quantize"] as? [String] == ["MatMul"])
    #expect(configuration["node_exclusion"] as? [String] == ["gelu"])
    #expect(configuration["per_channel"] as? Bool == true)
    #expect(configuration["accuracy"] == nil)
    #expect((configuration["time"] as? [Any])?.count == 1)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
    #expect(!result.errors.contains("warning: accuracy"))
    #expect(files == ["report.csv", "report.html", "report.json", "report.md"])
    let written = try String(contentsOfFile: folder.path("out/report.json"), encoding: .utf8)
    #expect(written == result.output)
  }

  @Test func eightConfigurationsUnlessToldOtherwise() throws {
    let result = try Command.run(
      ["bench", Fixtures.path("vit-fashion")] + Self.short + ["--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("vitq: warning: accuracy is not measured without images"))
    let all = try configurations(result.output)
    #expect(all.count == 8)
    #expect(all.count { $0["per_channel"] as? Bool == true } == 4)
    #expect(all.count { ($0["node_exclusion"] as? [String])?.count == 5 } == 4)
    #expect(all.count { $0["operators_to_quantize"] as? [String] == ["Add"] } == 4)
  }

  @Test func accuracyIsMeasuredOverAFolderOfImages() throws {
    let result = try Command.run(
      ["bench", Fixtures.path("vit-fashion"), "--images", Fixtures.path("vit-fashion/train")]
        + ["--per-tensor", "--format", "json"] + Self.short)
    #expect(result.status == 0, "\(result.errors)")
    let accuracy = try #require(
      try configurations(result.output).first?["accuracy"] as? [String: Any])
    #expect(accuracy["samples"] as? Int == 100)
    #expect((accuracy["original"] as? Double ?? 0) > 0.8)
    let paired = try #require(accuracy["paired"] as? [String: Any])
    let outcomes = try #require(paired["outcomes"] as? [String: Int])
    #expect(outcomes.values.reduce(0, +) == 100 && outcomes.count == 4)
    #expect(paired["mcnemar_p"] is Double && paired["detectable_drop"] is Double)
    let logits = try #require(accuracy["logits"] as? [String: Any])
    #expect((logits["sqnr_db"] as? Double ?? 0) > 10)
  }

  @Test func saysWhereItLookedForTheEmbeddedModel() throws {
    let result = try Command.run("bench", environment: ["VITQ_FIXTURES": "/nowhere"])
    #expect(result.status == 2)
    #expect(result.errors.contains("set VITQ_FIXTURES"))
  }

  @Test func imagesNeedLabels() throws {
    let folder = try TemporaryFolder()
    let made = try Command.run("synth", "tiny", folder.path("vit.onnx"), "--labels", "2")
    #expect(made.status == 0)
    let result = try Command.run("bench", folder.path("vit.onnx"), "--images", folder.path(""))
    #expect(result.status == 2)
    #expect(result.errors.contains("no images in it"), "\(result.errors)")
  }
}
