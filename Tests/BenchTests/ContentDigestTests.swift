import Bench
import Foundation
import Imaging
import TestSupport
import Testing

struct ContentDigestTests {
  private let labels = ClassLabels(["red", "green", "blue"])

  /// It would keep its reader for ever.
  @Test func aPipeHasNoDigest() throws {
    let folder = try TemporaryFolder()
    try #require(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(throws: BenchError.self) { try ContentDigest(file: folder.path("pipe")) }
  }

  @Test func filesHaveHashlibsDigest() throws {
    let golden = try StatisticsGoldens.load().digests
    let folder = try TemporaryFolder()
    let empty = try folder.write([], as: "empty")
    let abc = try folder.write(Array("abc".utf8), as: "abc")
    // Longer than a piece, and no multiple of it.
    let large = try folder.write((0..<3_000_017).map { UInt8($0 * 7 % 251) }, as: "large")
    #expect(try ContentDigest(file: empty).hex == golden.empty)
    #expect(try ContentDigest(file: abc).hex == golden.abc)
    #expect(try ContentDigest(file: large).hex == golden.large)
  }

  @Test func imagesHaveTheDigestOfTheirNamesAndContents() throws {
    let golden = try StatisticsGoldens.load().digests
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Images")
      .path(percentEncoded: false)
    #expect(try ContentDigest(ImageSet(folder: path, labels: labels)).hex == golden.images)
    #expect(try ContentDigest(ImageSet(folder: path + "/", labels: labels)).hex == golden.images)
  }

  @Test func namesAreEscapedAndSortedAsShaSumDoes() throws {
    let folder = try TemporaryFolder()
    let red = folder.url.appending(path: "red")
    try FileManager.default.createDirectory(at: red, withIntermediateDirectories: true)
    for name in ["b\\c.png", "\u{e9}.png", "e\u{301}.png", "a\nd.png", "Z.PNG"] {
      try Data(name.utf8).write(to: red.appending(path: name))
    }
    let digest = try ContentDigest(ImageSet(folder: folder.path(""), labels: labels))
    #expect(try digest.hex == shaSum(folder))
  }

  /// The command in the documentation of `ContentDigest`.
  private func shaSum(_ folder: TemporaryFolder) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      "find . -mindepth 2 -iname '[!.]*.png' -printf '%P\\0' | LC_ALL=C sort -z |"
        + " xargs -0 sha256sum | sha256sum",
    ]
    process.currentDirectoryURL = folder.url
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text.prefix(64), as: UTF8.self)
  }

  @Test func namesAndContentsBothCount() throws {
    let folder = try TemporaryFolder()
    for label in ["red", "green"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: label), withIntermediateDirectories: true)
    }
    func digest() throws -> ContentDigest {
      try ContentDigest(ImageSet(folder: folder.path(""), labels: labels))
    }
    try folder.write([1], as: "red/a.png")
    let first = try digest()
    try FileManager.default.moveItem(
      at: folder.url.appending(path: "red/a.png"), to: folder.url.appending(path: "green/a.png"))
    let moved = try digest()
    try folder.write([2], as: "green/a.png")
    #expect(Set([first, moved, try digest()]).count == 3)
  }

  @Test func saysWhatCanNotBeRead() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: BenchError.self) {
      try ContentDigest(file: folder.path("missing"))
    }
    #expect(missing?.description.hasSuffix("can't be read: No such file or directory") == true)
    let error = #expect(throws: BenchError.self) { try ContentDigest(file: folder.path("")) }
    #expect(error?.description.hasSuffix("can't be read: not a regular file") == true, "\(error!)")
  }

  @Test func isAStringInJSON() throws {
    let folder = try TemporaryFolder()
    let digest = try ContentDigest(file: try folder.write([7], as: "a"))
    let json = try JSONEncoder().encode([digest])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(digest)\"]")
    #expect(try JSONDecoder().decode([ContentDigest].self, from: json) == [digest])
  }
}
