import Bench
import Eval
import Foundation
import Imaging
import TestSupport
import Testing

/// Images that can't be used end an evaluation, or are counted; never neither.
@Suite struct BadImageTests {
  /// Two good images, and one of each kind of bad ones.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let source = EmbeddedEval.folder + "/validation/bag"
    let names = try FileManager.default.contentsOfDirectory(atPath: source).sorted()
    let good = try Data(contentsOf: URL(filePath: "\(source)/\(names[0])"))
    for label in ["bag", "bagg"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: label), withIntermediateDirectories: true)
    }
    try folder.write(good, as: "bag/1.png")
    try folder.write(good.prefix(good.count / 2), as: "bag/2-truncated.png")
    try folder.write([], as: "bag/3-empty.png")
    try folder.write(Array("not an image".utf8), as: "bag/4-text.png")
    try folder.write(giant(good), as: "bag/5-giant.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("bag/6-gone.png"), withDestinationPath: "nowhere")
    try folder.write(good, as: "bag/7.png")
    try folder.write(good, as: "bagg/8.png")
    return folder
  }

  /// `png` with a header that claims 30,000 x 30,000 pixels, and the checksum that belongs to it.
  private func giant(_ png: Data) -> Data {
    var header = [UInt8](png[12..<29])
    for (index, byte) in [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30].enumerated() {
      header[4 + index] = UInt8(byte)
    }
    var crc: UInt32 = ~0
    for byte in header {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    let checksum = (0..<4).reversed().map { UInt8(truncatingIfNeeded: ~crc >> UInt32(8 * $0)) }
    return png.prefix(12) + Data(header) + Data(checksum) + png.dropFirst(33)
  }

  @Test func eachIsNamedAndCounted() throws {
    let folder = try folder()
    var eval = try EmbeddedEval(images: folder.path(""))
    eval.options.skipsBad = true
    eval.options.batchSize = 2
    var skipped: [String] = []
    let part = try eval.runner.run { if case .skipped(let why) = $0 { skipped.append(why) } }
    let report = try EvalReport(part)
    #expect(report.images == 2 && report.baseline?.top1.total == 2)
    #expect(
      report.bad.map(\.name) == [
        "bag/2-truncated.png", "bag/3-empty.png", "bag/4-text.png", "bag/5-giant.png",
        "bag/6-gone.png", "bagg/8.png",
      ])
    #expect(report.bad.map(\.index) == [1, 2, 3, 4, 5, 7])
    #expect(report.bad.allSatisfy { !$0.fault.isEmpty })
    #expect(report.bad[5].fault.contains("nearest are \"bag\""))
    #expect(skipped.count == 6 && skipped[4].contains("6-gone.png"))
    #expect(report.text().contains("6 passed over"))
    #expect(try part.predictions(as: .csv).contains("bag/3-empty.png,bag,,,,"))
  }

  @Test(arguments: [
    "2-truncated.png", "3-empty.png", "4-text.png", "5-giant.png", "6-gone.png", "8.png",
  ])
  func theFirstEndsTheRun(name: String) throws {
    let folder = try folder()
    let eval = try EmbeddedEval(images: folder.path(""))
    var own = eval
    let positions = eval.images.entries.indices.filter {
      ["bag/1.png", "bag/7.png"].contains(eval.images.entries[$0].name)
        || eval.images.entries[$0].name.hasSuffix(name)
    }
    own.images = eval.images.keeping(positions)
    let error = #expect(throws: ImageError.self) { try own.runner.run() }
    #expect(error?.file?.hasSuffix(name == "8.png" ? "" : name) == true)
  }

  @Test func nothingButBadImagesIsAnError() throws {
    let folder = try folder()
    var eval = try EmbeddedEval(images: folder.path(""))
    eval.images = eval.images.keeping([2, 3])
    eval.options.skipsBad = true
    let part = try eval.runner.run()
    #expect(throws: BenchError.self) { try EvalReport(part) }
  }
}
