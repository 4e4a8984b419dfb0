import Bench
import Foundation
import OnnxParse
import TensorIO
import TestSupport
import Testing
import ViTEngine
import ViTKernel

@Suite struct ProfileTests {
  private static func profile(batch: Int) throws -> (Profile, Plan) {
    let model = try Model.load(path: Fixtures.path("vit-fashion/model.onnx"))
    let session = try Session(model: model, options: .test(threads: 1))
    let inputs = try session.randomInputs(batchSize: batch)
    let plan = try session.prepare(inputs.mapValues(\.shape))
    return (try Profile(plan: plan, batchSize: batch, threads: 1, warmups: 1, runs: 3), plan)
  }

  private static func report(batch: Int) throws -> (ProfileReport, Plan) {
    let (profile, plan) = try profile(batch: batch)
    let peak = Peak(float: 100, int8: 400, floatInstruction: "fma", int8Instruction: "dot")
    return (ProfileReport(profile, peak: peak, machine: nil, model: nil), plan)
  }

  @Test func everyStepHasARowAndKernelsAddUp() throws {
    let (report, plan) = try Self.report(batch: 2)
    #expect(report.steps.count == plan.stepDescriptions.count)
    let steps = report.steps.map(\.milliseconds).reduce(0, +)
    let kernels = report.kernels.map(\.milliseconds).reduce(0, +)
    #expect(abs(steps - kernels) < 1e-9)
    #expect(report.steps.allSatisfy { $0.milliseconds >= 0 })
  }

  @Test func multiplyAddsAreThoseOfTheArchitecture() throws {
    // 50 tokens, hidden 128, MLP 512, 6 layers, 10 labels; patches of 4 x 4 x 3.
    let layer = 50 * (4 * 128 * 128 + 2 * 128 * 512)
    let linear = 6 * layer + 128 * 10
    let attention = 6 * 2 * 50 * 50 * 128
    let patches = 49 * 128 * 48
    let (profile, _) = try Self.profile(batch: 2)
    let total = profile.rows.compactMap(\.work?.multiplyAdds).reduce(0, +)
    #expect(total == 2 * (linear + attention + patches))
  }

  @Test func theTraceHasASliceForEachStepOneAfterTheOther() throws {
    let (profile, plan) = try Self.profile(batch: 1)
    let json = try JSONSerialization.jsonObject(with: Data(profile.trace().utf8))
    let object = try #require(json as? [String: Any])
    let events = try #require(object["traceEvents"] as? [[String: Any]])
    #expect(events.count == plan.stepDescriptions.count)
    #expect(events.allSatisfy { $0["ph"] as? String == "X" })
    let starts = events.compactMap { $0["ts"] as? Double }
    #expect(starts == starts.sorted() && starts.first == 0)
  }

  @Test func jsonHasEveryStepAndMarkdownTheLongest() throws {
    let (report, plan) = try Self.report(batch: 2)
    let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
    let object = try #require(json as? [String: Any])
    #expect(object["schema"] as? String == "vitq.profile/1")
    #expect(object["batch_size"] as? Int == 2)
    let steps = try #require(object["steps"] as? [[String: Any]])
    #expect(steps.count == plan.stepDescriptions.count)
    #expect(steps.allSatisfy { ($0["nodes"] as? [String])?.isEmpty == false })
    let lines = report.markdown(longest: 5).split(separator: "\n")
    #expect(lines.suffix(7).allSatisfy { $0.hasPrefix("| ") && $0.hasSuffix(" |") })
    #expect(lines.contains { $0.hasPrefix("| attention ") })
  }

  @Test func theTextNamesKernelsAndNodes() throws {
    let text = try Self.report(batch: 1).0.text(longest: 5)
    #expect(text.contains("attention"))
    #expect(text.contains("(between the steps)"))
    #expect(text.contains("of peak"))
  }

  @Test func jsonReadsAsItWasWritten() throws {
    let (report, _) = try Self.report(batch: 1)
    #expect(
      try JSONDecoder().decode(ProfileReport.self, from: Data(report.json().utf8)) == report)
  }

  @Test func sharesOfThePeakAreThoseOfTheRates() throws {
    let (report, _) = try Self.report(batch: 1)
    let products = report.steps.filter { $0.milliseconds > 0 && $0.multiplyAdds != nil }
    #expect(!products.isEmpty)
    for step in products {
      let rate = try #require(step.rate)
      let share = try #require(step.shareOfPeak)
      #expect(abs(share - rate / 100) <= 1e-9 * share)
    }
  }

  @Test func theCSVHasEveryStep() throws {
    let (report, plan) = try Self.report(batch: 1)
    let lines = report.csv().split(separator: "\r\n")
    #expect(lines.count == plan.stepDescriptions.count + 1)
  }

  @Test func thePageHasEveryStepKernelAndLayer() throws {
    let (report, _) = try Self.report(batch: 1)
    let html = try report.page().html()
    for kernel in report.kernels { #expect(html.contains("<details id=\"kernel-\(kernel.name)\"")) }
    #expect(report.steps.allSatisfy { html.contains("<th scope=\"row\">\($0.name)</th>") })
    #expect(html.contains("layer 5") && !html.contains("layer 6"))
  }
}
