import Foundation
import TestSupport
import Testing

struct ReportCommandTests {
  /// A folder with a short benchmark in `bench` and a short profile in `profile`.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let model = Fixtures.path("vit-fashion")
    let bench = try Command.run(
      "bench", model, "--no-accuracy", "--per-tensor", "--batch-size", "1", "--duration", "0.01",
      "--warmup", "0", "--threads", "1", "--out", folder.path("bench"))
    #expect(bench.status == 0, "\(bench.errors)")
    try Data(bench.output.utf8).write(to: folder.url.appending(path: "bench.txt"))
    let profile = try Command.run(
      "profile", model, "--runs", "1", "--warmup", "0", "--threads", "1", "--out",
      folder.path("profile"))
    #expect(profile.status == 0, "\(profile.errors)")
    try Data(profile.output.utf8).write(to: folder.url.appending(path: "profile.txt"))
    return folder
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func rendersWhatTheCommandWrote() throws {
    let folder = try Self.folder()
    for command in ["bench", "profile"] {
      let result = try Command.run(
        "report", folder.path("\(command)/report.json"), "--out", folder.path("again"))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasPrefix(try Self.text(folder.path("\(command).txt"))))
      for name in ["report.html", "report.md", "report.csv"] {
        let again = try Self.text(folder.path("again/\(name)"))
        #expect(again == (try Self.text(folder.path("\(command)/\(name)"))), "\(command) \(name)")
      }
    }
  }

  @Test func comparesTwoOfOneKind() throws {
    let folder = try Self.folder()
    for command in ["bench", "profile"] {
      let path = folder.path(command)
      let result = try Command.run("report", path, path, "--out", folder.path("both"))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("1.00") && !result.output.contains("warning"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("both")).sorted()
      #expect(names == ["comparison.csv", "comparison.html", "comparison.md"])
    }
    let both = try Command.run("report", folder.path("bench"), folder.path("profile"))
    #expect(both.status == 2)
    #expect(both.errors.contains("are reports of different commands"))
  }

  @Test(
    arguments: [
      ("", "not a report: "), ("{", "not a report: "), ("[]", "not a report: "),
      ("{\"schema\": 1}", "schema: "),
      ("{\"schema\": \"vitq.fly/9\\n\"}", "schema \"vitq.fly/9\\n\" is not one of vitq.bench/1, "),
      ("{\"schema\": \"vitq.bench/1\"}", "not a report: "),
      ("{\"schema\": \"vitq.profile/1\", \"batch_size\": \"x\"}", "not a report: "),
    ])
  func whatIsNoReportIsOneLine(content: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(content.utf8, as: "report.json")
    let result = try Command.run("report", path)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("vitq: error: \(path): "), "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test func namesTheFileThatIsMissing() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run("report", folder.path(""))
    #expect(result.status == 2)
    #expect(result.errors.hasSuffix("report.json: can't be read\n"), "\(result.errors)")
  }
}
