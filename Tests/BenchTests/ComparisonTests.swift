import Bench
import Foundation
import Testing

struct ComparisonTests {
  private static func compare(_ a: BenchReport, _ b: BenchReport) -> ReportComparison {
    ReportComparison(a, b, names: ("a.json", "b.json"))
  }

  /// The rows under a table's header in a comparison's text, cells parted.
  private static func rows(_ text: String, of title: String) -> [[String]] {
    let lines = text.components(separatedBy: "\n")
    guard let start = lines.firstIndex(of: title) else { return [] }
    return lines[(start + 3)...].prefix { !$0.isEmpty }.map { line in
      line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
    }
  }

  @Test func aReportComparedWithItselfHasNoDifference() throws {
    let report = try BenchReport.sample()
    let text = Self.compare(report, report).text()
    #expect(!text.contains("warning"))
    let rows = Self.rows(text, of: "Mean latencies")
    #expect(rows.count == report.configurations.flatMap(\.time).count)
    #expect(rows.allSatisfy { $0[7] == "1.00" && $0[10] == "1.00" })
  }

  @Test func ratiosSayHowManyTimesAsFastBIs() throws {
    let a = try BenchReport.sample()
    var b = a
    for index in b.configurations.indices {
      for cell in b.configurations[index].time.indices {
        b.configurations[index].time[cell].baseline.latencyMean /= 2
        b.configurations[index].time[cell].optimized.latencyMean *= 4
      }
    }
    let comparison = Self.compare(a, b)
    let rows = Self.rows(comparison.text(), of: "Mean latencies")
    #expect(!rows.isEmpty && rows.allSatisfy { $0[7] == "2.00" && $0[10] == "0.25" })
    let html = try comparison.page().html()
    #expect(html.contains("<b>2.00 x</b>") && html.contains("<b>0.25 x</b>"))
  }

  @Test func configurationsAreFoundInAnyOrder() throws {
    let a = try BenchReport.sample()
    var b = a
    b.configurations.reverse()
    for index in b.configurations.indices {
      b.configurations[index].operatorsToQuantize.reverse()
      b.configurations[index].time.reverse()
    }
    let comparison = Self.compare(a, b)
    #expect(!comparison.text().contains("one of the two only"))
    #expect(comparison.csv() == Self.compare(a, a).csv())
  }

  @Test func whatOnlyOneHasIsNamed() throws {
    let a = try BenchReport.sample()
    var b = a
    b.configurations[0].time.removeFirst()
    b.configurations.remove(at: 1)
    let text = Self.compare(a, b).text()
    #expect(text.contains("A: Add,MatMul / layernorm,gelu / per channel, batch 1, length 32"))
    #expect(text.contains("A: Add / none / per tensor, batch 8, length 32"))
    #expect(Self.rows(text, of: "Mean latencies").count == 1)
    #expect(Self.compare(b, a).text().contains("B: Add / none / per tensor, batch 1, length 32"))
  }

  @Test func warnsWhereMoreThanTimesDiffers() throws {
    let a = try BenchReport.sample()
    var b = a
    b.machine.processor = "another | <b>"
    b.parameters.duration = 9
    let comparison = Self.compare(a, b)
    let text = comparison.text()
    #expect(text.contains("warning: A and B differ in more than their times: machine: processor"))
    #expect(text.contains("parameters: duration of a side") && !text.contains("model: nodes,"))
    let html = try comparison.page().html()
    #expect(html.matches(of: /<tr class="marked">/).count == 2)
    #expect(html.contains("another | &lt;b&gt;") && !html.contains("<b>another"))
    #expect(comparison.markdown().contains("another \\| <b>"))
  }

  @Test func changesOfAccuracyAreInPoints() throws {
    let a = try BenchReport.sample()
    var b = a
    b.configurations[0].accuracy?.optimized -= 0.0125
    let rows = Self.rows(Self.compare(a, b).text(), of: "Accuracy and size")
    #expect(rows.map { $0[7] } == ["-1.25", "0.00"])
  }

  /// Steps of two kernels; the second fuses what the first does in two.
  private static func profiles() throws -> (ProfileReport, ProfileReport) {
    func profile(_ steps: [(String, [String], Double)]) throws -> ProfileReport {
      let steps = steps.map { kernel, nodes, time in
        ["kernel": kernel, "nodes": nodes, "milliseconds": time] as [String: Any]
      }
      let peak: [String: Any] = [
        "float_gflops": 100, "float_instruction": "fma", "int8_gops": 400,
        "int8_instruction": "dot",
      ]
      let object: [String: Any] = [
        "schema": ProfileReport.schema, "batch_size": 1, "threads": 2, "runs": 20,
        "milliseconds": 10, "peak": peak, "steps": steps,
      ]
      let data = try JSONSerialization.data(withJSONObject: object)
      return try JSONDecoder().decode(ProfileReport.self, from: data)
    }
    return (
      try profile([("linear", ["a"], 4), ("gelu", ["b"], 2), ("linear", ["c"], 3)]),
      try profile([("linearGelu", ["a", "b"], 5), ("linear", ["c"], 1)])
    )
  }

  @Test func stepsOfProfilesAreFoundByTheirLastNode() throws {
    let (a, b) = try Self.profiles()
    let comparison = ReportComparison(a, b, names: ("a", "b"))
    let text = comparison.text()
    #expect(
      Self.rows(text, of: "Steps") == [
        ["b", "gelu", "linearGelu", "2.0000", "5.0000", "0.40", "+3.0000"],
        ["c", "linear", "linear", "3.0000", "1.0000", "3.00", "-2.0000"],
        ["a", "linear", "–", "4.0000", "–", "–", "–"],
      ])
    #expect(
      Self.rows(text, of: "Kernels").first == ["linear", "7.0000", "1.0000", "7.00", "-6.0000"])
    #expect(try comparison.page().html().contains("Time by kernel"))
    #expect(
      comparison.csv().hasPrefix("node,A kernel,B kernel,A (ms),B (ms),ratio (x),B - A (ms)\r\n"))
  }
}
