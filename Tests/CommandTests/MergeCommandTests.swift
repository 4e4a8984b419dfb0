import Foundation
import TestSupport
import Testing

/// `--shard` and `vitq merge` end to end, on the embedded model.
@Suite struct MergeCommandTests {
  private static let model = Fixtures.path("vit-fashion")
  private static let images = Fixtures.path("vit-fashion/validation")

  private func run(_ arguments: [String]) throws -> CommandResult {
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    return result
  }

  /// The JSON of a report without its times.
  private func timeless(_ path: String) throws -> String {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.replacing(/"(images_per_second|seconds)" : [0-9.e-]+/) { "\"\($0.1)\" : 0" }
  }

  @Test func anEvaluationInParts() throws {
    let folder = try TemporaryFolder()
    let options = [
      "eval", Self.model, "--images", Self.images, "--max-samples", "9", "--per-channel",
    ]
    _ = try run(options + ["--out", folder.path("whole")])
    for index in 1...3 {
      let part = try run(options + ["--shard", "\(index)/3", "--out", folder.path("parts")])
      #expect(part.output == folder.path("parts") + "/eval-\(index)-of-3.jsonl\n")
    }
    let merged = try run(
      ["merge", folder.path("parts"), "--out", folder.path("merged"), "--predictions"]
        + [folder.path("all.csv"), "--format", "json"])
    #expect(merged.output.contains("\"schema\" : \"vitq.eval/1\""))
    #expect(
      try timeless(folder.path("whole/report.json"))
        == timeless(folder.path("merged/report.json")))
    for name in ["merged/predictions.csv", "all.csv"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder.path("whole/predictions.csv"), andPath: folder.path(name)))
    }
    let missing = try Command.run(
      "merge", folder.path("parts/eval-1-of-3.jsonl"), folder.path("parts/eval-3-of-3.jsonl"))
    #expect(missing.status == 2 && missing.errors.contains("part 2/3 is missing"))
    let doubled = try Command.run(
      "merge", folder.path("parts"), folder.path("parts/eval-2-of-3.jsonl"))
    #expect(doubled.status == 2 && doubled.errors.contains("part 2/3 is there twice"))
  }

  @Test func aStudyInParts() throws {
    let folder = try TemporaryFolder()
    let options = [
      "study", Self.model, "--images", Self.images, "--max-images", "3", "--by", "layer",
      "--no-local", "--timing-runs", "0",
    ]
    _ = try run(options + ["--out", folder.path("whole")])
    for index in 1...2 {
      _ = try run(options + ["--shard", "\(index)/2", "--out", folder.path("merged")])
    }
    _ = try run(["merge", folder.path("merged"), "--out", folder.path("merged")])
    let names = ["report.json", "report.html", "report.md", "report.csv", "labels.npy"]
    for name in names + ["progress.jsonl"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder.path("whole/" + name), andPath: folder.path("merged/" + name)), "\(name)")
    }
    let between = try run(["report", folder.path("merged"), "--between", "in:layer 2", "all"])
    #expect(between.output.contains("SQNR"))
  }

  @Test(arguments: [
    (["merge"], 64, "<part>"), (["merge", "/nowhere"], 2, "/nowhere"),
    (["merge", "IMAGES"], 2, "has no parts"), (["merge", "CONFIG"], 2, "not a part of a run"),
    (["study", "MODEL", "--images", "IMAGES", "--shard", "1/2"], 64, "--out"),
  ])
  func badInputIsOneLine(arguments: [String], status: Int32, message: String) throws {
    let names = [
      "MODEL": Self.model, "IMAGES": Self.images, "CONFIG": Self.model + "/config.json",
    ]
    let result = try Command.run(arguments.map { names[$0] ?? $0 })
    #expect(result.status == status && result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }
}
