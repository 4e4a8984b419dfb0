import Bench
import Foundation
import Quant
import Study
import TestSupport
import Testing

/// Parts of a study, put together again.
@Suite struct StudyShardTests {
  private func study() throws -> EmbeddedStudy {
    var study = try EmbeddedStudy(images: 4)
    study.options.kinds = [.layer, .group, .node]
    study.options.nodes = [try NodeSelector("*layers.1/*MatMul*")]
    study.options.measuresNodes = true
    study.options.isFactorial = true
    study.options.batchSize = 2
    return study
  }

  private func parts(
    _ count: Int, _ study: EmbeddedStudy, in folder: TemporaryFolder
  ) throws -> [(part: StudyPart, file: String)] {
    try (1...count).map { index in
      var own = study
      own.options.shard = try #require(Shard(index: index, count: count))
      let part = try own.runner.part(record: own.record())
      let file = try folder.write(try part.encoded().utf8, as: part.fileName)
      let data = try Data(contentsOf: URL(filePath: file))
      return (try StudyPart(decoding: data, file: file), file)
    }
  }

  /// The report, and every file of logits, to the byte; nothing is timed.
  @Test func partsMakeTheWholeRun() throws {
    let folder = try TemporaryFolder()
    let study = try study()
    let whole = folder.path("whole")
    let store = try StudyStore(folder: whole, record: try study.record(), resumes: false)
    let report = try study.run(store: store)
    try report.write(to: whole)
    let parts = try parts(3, study, in: folder)
    let merged = try StudyPart.merge(parts.reversed())
    let joined = folder.path("merged")
    try merged.write(try merged.report(), to: joined)
    let names =
      ["report.json", "report.md", "report.csv", "report.html", "labels.npy", "study.json"]
      + report.variants.map(\.logitsFile)
    for name in names {
      #expect(
        FileManager.default.contentsEqual(atPath: "\(whole)/\(name)", andPath: "\(joined)/\(name)"),
        "\(name)")
    }
    #expect(report.local.count > 1 && report.ranges.allSatisfy { $0.batch != nil })
    let kept = try StudyFolder(path: joined)
    #expect(try kept.compare(1, with: 0).logits == report.variants[1].logits)
  }

  @Test func missingDoubledAndOtherPartsAreNamed() throws {
    let folder = try TemporaryFolder()
    var study = try EmbeddedStudy(images: 1)
    study.options.kinds = [.group]
    let parts = try parts(2, study, in: folder)
    #expect(throws: BenchError.self) { try parts[0].part.report() }
    var other = study
    other.options.imageLimit = 2
    let others = try self.parts(2, other, in: folder)
    for (list, fault) in [
      ([parts[0]], "part 2/2 is missing"), (parts + [parts[1]], "part 2/2 is there twice"),
      ([parts[0], others[1]], "is of another set of images"),
    ] {
      let error = #expect(throws: BenchError.self) { try StudyPart.merge(list) }
      #expect(error?.description.contains(fault) == true, "\(String(describing: error))")
    }
  }

  @Test func malformedPartsAreRefused() throws {
    var study = try EmbeddedStudy(images: 1)
    study.options.kinds = [.group]
    let lines = try study.runner.part(record: study.record()).encoded()
      .split(separator: "\n").map(String.init)
    func read(_ lines: [String]) throws -> StudyPart {
      try StudyPart(decoding: Data(lines.joined(separator: "\n").utf8), file: "part")
    }
    #expect(throws: Never.self) { try read(lines).report() }
    for broken in [
      [], ["{}"], Array(lines.dropLast()), lines.dropLast() + ["{}"],
      lines.dropLast() + [lines[1].replacing("\"logits\":\"", with: "\"logits\":\"AAAA")],
    ] {
      #expect(throws: BenchError.self) { try read(broken) }
    }
    // A variant that is there twice leaves another out.
    #expect(throws: BenchError.self) { try read(lines.dropLast() + [lines[1]]).report() }
  }
}
