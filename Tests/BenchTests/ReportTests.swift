import Bench
import Foundation
import TestSupport
import Testing

struct ReportTests {
  @Test func markdownIsTheCard() throws {
    expectSame(try sampleReport().markdown(), try expected("report.md"))
  }

  @Test func textIsTheTable() throws {
    expectSame(try sampleReport().text(), try expected("report.txt"))
  }

  @Test func textWithoutAccuracy() throws {
    var report = try sampleReport()
    report.parameters.images = nil
    for index in report.configurations.indices { report.configurations[index].accuracy = nil }
    let text = report.text()
    #expect(!text.contains("top-1"))
    #expect(!report.markdown().contains("accuracy (original)"))
    #expect(text.contains("fp32 MB"))
  }

  @Test func jsonIsTheSchema() throws {
    expectSame(try sampleReport().json(), try expected("report.json"))
  }

  /// As `vitq bench` wrote them before it said what the accuracy means.
  @Test func olderReportsAreReadAndShown() throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(try expected("report.json").utf8)) as? [String: Any])
    var configurations = try #require(object["configurations"] as? [[String: Any]])
    for index in configurations.indices {
      var accuracy = try #require(configurations[index]["accuracy"] as? [String: Any])
      #expect(accuracy.removeValue(forKey: "paired") != nil)
      #expect(accuracy.removeValue(forKey: "logits") != nil)
      configurations[index]["accuracy"] = accuracy
    }
    object["configurations"] = configurations
    let report = try JSONDecoder().decode(
      BenchReport.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(report.configurations.allSatisfy { $0.accuracy?.samples == 1000 })
    for text in [report.text(), report.markdown()] {
      #expect(!text.contains("What the accuracy says") && text.contains("0.886"))
    }
    var mixed = try sampleReport()
    mixed.configurations[1] = report.configurations[1]
    #expect(mixed.text().contains("per tensor       -       -"))
  }

  @Test func equalLogitsAndSmallChancesAreNamed() throws {
    var report = try sampleReport()
    report.configurations[0].accuracy?.paired?.mcnemarP = 0.0004
    report.configurations[0].accuracy?.paired?.differenceInterval.upper = -0.00004
    report.configurations[0].accuracy?.logits?.maxAbsoluteError = 0
    report.configurations[1].accuracy?.logits?.sqnr = nil
    let lines = report.text().split(separator: "\n")
    #expect(lines.contains { $0.contains("<0.001       -0.42 .. 0.00") && $0.contains("equal") })
    #expect(lines.contains { $0.hasSuffix("0.78        -  3.1e-05") })
  }

  @Test func saysWhereAddStaysInFloat() throws {
    var report = try sampleReport()
    #expect(report.text().contains("Add is quantized by vitq; ONNX Runtime's"))
    for index in report.configurations.indices {
      report.configurations[index].quantizedNodes = ["MatMul": 37, "Add": 0]
    }
    #expect(report.text().contains("Add is left in fp32, as ONNX Runtime's"))
    #expect(report.markdown().contains("Add is left in fp32, as ONNX Runtime's"))
  }

  @Test func writesAllForms() throws {
    let folder = try TemporaryFolder()
    let report = try sampleReport()
    try report.write(to: folder.path("a/b"))
    try report.write(to: folder.path("a/b"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b")).sorted()
    #expect(names == ["report.csv", "report.html", "report.json", "report.md"])
    #expect(try text(of: folder.url.appending(path: "a/b/report.md")) == report.markdown())
  }

  @Test func namesTheFileThatCanNotBeWritten() throws {
    let report = try sampleReport()
    let error = #expect(throws: BenchError.self) { try report.write(to: "/proc/report") }
    #expect(error?.description.hasPrefix("/proc/report: can't be written: ") == true)
  }

  @Test func theCSVHasEveryKeyAndCell() throws {
    let report = try sampleReport()
    let lines = report.csv().split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(lines.count == 1 + report.configurations.flatMap(\.time).count)
    #expect(lines.allSatisfy { $0.count == lines[0].count })
    let first = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
    #expect(first["operators_to_quantize"] == "Add MatMul")
    #expect(first["node_exclusion"] == "layernorm gelu")
    #expect(first["baseline_latency_99"] == "4.25" && first["optimized_latency_99"] == "2.25")
    #expect(first["speedup"] == "2.6" && first["accuracy_optimized"] == "0.886")
  }

  @Test func thePageHasTheTablesAndAChartForEachBatch() throws {
    let html = try sampleReport().page().html()
    #expect(html.matches(of: /<figcaption>Latency, batch \d<\/figcaption>/).count == 2)
    #expect(html.contains("Add,MatMul / layernorm,gelu / per channel"))
    #expect(html.contains("<b>2.60 x</b>") && html.contains("<b>29 % of fp32</b>"))
    #expect(html.contains("What speed costs in accuracy"))
    #expect(html.contains("AMD EPYC 9654"))
  }

  @Test func thePageWithoutAccuracyHasNoneAndNamesAreEscaped() throws {
    var report = try sampleReport()
    for index in report.configurations.indices { report.configurations[index].accuracy = nil }
    report.model.name = "<script>alert(1)</script>"
    report.parameters.images = nil
    let html = try report.page().html()
    #expect(!html.contains("top-1") && !html.contains("What speed costs"))
    #expect(html.contains("&lt;script&gt;alert(1)") && !html.contains("<script>alert"))
  }

  private func sampleReport() throws -> BenchReport { try .sample() }

  private func expected(_ name: String) throws -> String {
    try text(of: BenchReport.expected.appendingPathComponent(name))
  }

  private func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  private func expectSame(_ text: String, _ expected: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let expectedLines = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, expectedLine) in zip(lines, expectedLines) { #expect(line == expectedLine) }
    #expect(lines.count == expectedLines.count)
  }
}

extension BenchReport {
  /// The folder of the sample in all its forms.
  static let expected = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Expected")

  /// A report with every key of the schema, and figures of its own for each.
  static func sample() throws -> BenchReport {
    let data = try Data(contentsOf: expected.appendingPathComponent("report.json"))
    return try JSONDecoder().decode(BenchReport.self, from: data)
  }
}
