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

  @Test func everyStepHasARowAndKernelsAddUp() throws {
    let (profile, plan) = try Self.profile(batch: 2)
    #expect(profile.rows.count == plan.stepDescriptions.count)
    let steps = profile.rows.map(\.milliseconds).reduce(0, +)
    let kernels = profile.kernels.map(\.milliseconds).reduce(0, +)
    #expect(abs(steps - kernels) < 1e-9)
    #expect(profile.rows.allSatisfy { $0.milliseconds >= 0 })
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
    let (profile, plan) = try Self.profile(batch: 2)
    let peak = Peak(float: 100, int8: 400, floatInstruction: "fma", int8Instruction: "dot")
    let json = try JSONSerialization.jsonObject(with: Data(profile.json(peak: peak).utf8))
    let object = try #require(json as? [String: Any])
    #expect(object["schema"] as? String == "vitq.profile/1")
    #expect(object["batch_size"] as? Int == 2)
    let steps = try #require(object["steps"] as? [[String: Any]])
    #expect(steps.count == plan.stepDescriptions.count)
    #expect(steps.allSatisfy { ($0["nodes"] as? [String])?.isEmpty == false })
    let lines = profile.markdown(peak: peak, longest: 5).split(separator: "\n")
    #expect(lines.suffix(7).allSatisfy { $0.hasPrefix("| ") && $0.hasSuffix(" |") })
    #expect(lines.contains { $0.hasPrefix("| attention ") })
  }

  @Test func theTextNamesKernelsAndNodes() throws {
    let (profile, _) = try Self.profile(batch: 1)
    let text = profile.text(
      peak: Peak(float: 100, int8: 400, floatInstruction: "fma", int8Instruction: "dot"),
      longest: 5)
    #expect(text.contains("attention"))
    #expect(text.contains("(between the steps)"))
    #expect(text.contains("of peak"))
  }
}
