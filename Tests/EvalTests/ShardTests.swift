import Bench
import Eval
import Foundation
import Imaging
import Quant
import TestSupport
import Testing

/// Parts of an evaluation, put together again.
@Suite struct EvalShardTests {
  private func eval() throws -> EmbeddedEval {
    var eval = try EmbeddedEval()
    eval.images = eval.images.sample(11, seed: 5)
    eval.candidate = try eval.model.quantized(QuantizationOptions(preset: .vitq)).model
    return eval
  }

  /// With batches as well, whose images an int8 answer depends on.
  @Test(arguments: [(3, nil), (3, 2), (16, nil), (2, 8), (6, 4)] as [(Int, Int?)])
  func partsMakeTheWholeRun(count: Int, batchSize: Int?) throws {
    let folder = try TemporaryFolder()
    var eval = try eval()
    eval.options.batchSize = batchSize
    let whole = try eval.runner.run()
    let merged = try EvalPart.merge(eval.parts(count, in: folder).reversed())
    #expect(merged.rows == whole.rows)
    #expect(
      try EvalReport(merged).jsonWithoutTimes() == EvalReport(whole).jsonWithoutTimes())
    #expect(try merged.predictions(as: .csv) == whole.predictions(as: .csv))
    #expect(try merged.predictions(as: .jsonl) == whole.predictions(as: .jsonl))
  }

  @Test func missingAndDoubledPartsAreNamed() throws {
    let folder = try TemporaryFolder()
    var eval = try eval()
    eval.images = eval.images.keeping([0, 1, 2])
    let parts = try eval.parts(3, in: folder)
    try expectFault("part 2/3 is missing", [parts[0], parts[2]])
    try expectFault("part 1/3 is there twice", parts + [parts[0]])
    try expectFault("2 parts are missing: 1/3, 3/3", [parts[1]])
    try expectFault("no parts", [])
    let half = try eval.parts(2, in: folder)
    try expectFault("another division", [parts[0], half[1]])
    #expect(throws: BenchError.self) { try EvalReport(parts[0].part) }
  }

  /// What a file says of itself need not be so.
  @Test(arguments: [
    (#""shard":.*?\}"#, #""shard":{"count":0,"index":5}"#),
    (#""shard":.*?\}"#, #""shard":{"count":1000000000000,"index":1}"#),
    (#""rows":\d+"#, #""rows":9223372036854775807"#), (#""rows":\d+"#, #""rows":-1"#),
    (#""seconds":[^,]+"#, #""seconds":"inf""#), (#""seconds":[^,]+"#, #""seconds":-1"#),
  ])
  func damagedPartsAreRefused(original: String, damage: String) throws {
    let folder = try TemporaryFolder()
    var eval = try eval()
    eval.candidate = nil
    eval.images = eval.images.keeping([0, 1])
    let text = try eval.parts(2, in: folder)[0].part.encoded()
    let damaged = text.replacing(try Regex(original), with: damage, maxReplacements: 1)
    try #require(damaged != text)
    let error = #expect(throws: BenchError.self) {
      try EvalPart(decoding: Data(damaged.utf8), file: "part")
    }
    #expect(error?.description.hasPrefix("part: ") == true, "\(error as Any)")
  }

  @Test func aPartMayNotClaimImagesThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    var eval = try eval()
    eval.candidate = nil
    eval.images = eval.images.keeping([0])
    let text = try eval.parts(1, in: folder)[0].part.encoded()
    for count in ["-1", "9223372036854775807"] {
      let damaged = text.replacing(
        /"count":1,"exif_transpose"/, with: "\"count\":\(count),\"exif_transpose\"")
      try #require(damaged != text)
      let part = try EvalPart(decoding: Data(damaged.utf8), file: "part")
      #expect(throws: BenchError.self) { try EvalPart.merge([(part, "part")]) }
    }
  }

  @Test func partsOfOtherRunsAreRefused() throws {
    let folder = try TemporaryFolder()
    var eval = try eval()
    eval.candidate = nil
    eval.images = eval.images.keeping([0, 1])
    let parts = try eval.parts(2, in: folder)
    func second(_ change: (inout EmbeddedEval) throws -> Void) throws -> [(EvalPart, String)] {
      var other = eval
      try change(&other)
      return [parts[0], try other.parts(2, in: folder)[1]]
    }
    try expectFault(
      "of other models",
      second { other in
        other.candidate = try other.model.quantized(QuantizationOptions(preset: .ort)).model
      })
    try expectFault("of other images", second { $0.images = $0.images.keeping([0, 0]) })
    try expectFault("other options", second { $0.options.batchSize = 2 })
    try expectFault("other options", second { $0.options.skipsBad = true })
  }

  private func expectFault(
    _ fault: String, _ parts: [(part: EvalPart, file: String)]
  ) throws {
    let error = #expect(throws: BenchError.self) { try EvalPart.merge(parts) }
    #expect(error?.description.contains(fault) == true, "\(String(describing: error))")
  }

  /// A file may say anything.
  @Test func malformedPartsAreRefused() throws {
    var eval = try eval()
    eval.images = eval.images.keeping([0, 1])
    let text = try eval.runner.run().encoded()
    let lines = text.split(separator: "\n").map(String.init)
    func read(_ lines: [String]) throws -> EvalPart {
      try EvalPart(decoding: Data(lines.joined(separator: "\n").utf8), file: "part")
    }
    #expect(try read(lines).rows.count == 2)
    for broken in [
      [], ["{}"], Array(lines.dropLast()), lines + [lines[1]],
      [lines[0], lines[1], String(lines[2].dropLast(9))],
      [lines[0], lines[1], lines[2].replacing("\"top\":[", with: "\"top\":[99,")],
      [lines[0].replacing("eval-part/1", with: "eval-part/9"), lines[1], lines[2]],
      [lines[0], lines[1], lines[2].replacing("\"label\":", with: "\"label\":-")],
    ] {
      #expect(throws: BenchError.self) { try read(broken) }
    }
  }
}
