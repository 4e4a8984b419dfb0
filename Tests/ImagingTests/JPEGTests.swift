import Foundation
import Imaging
import Testing

/// JPEG files of all kinds against what Pillow made of them (`make_jpegs.py`).
struct JPEGTests {
  struct Golden: Decodable, Sendable, CustomStringConvertible {
    let file: String
    let width, height: Int
    let samples: Data
    var description: String { file }
    var path: String { JPEGTests.folder.appending(path: file).path }
  }

  static let folder = Goldens.folder.appending(path: "jpeg")
  static let goldens = Result {
    try JSONDecoder().decode(
      [Golden].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
  }

  private static func file(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  @Test(arguments: try goldens.get())
  func equalsPillow(_ golden: Golden) throws {
    let image = try RGBImage.load(
      path: golden.path, appliesOrientation: golden.file.hasPrefix("exif"))
    #expect(image.width == golden.width && image.height == golden.height)
    #expect(image.samples == [UInt8](golden.samples))
  }

  @Test func thereAreAllKinds() throws {
    #expect(try Self.goldens.get().count >= 20)
  }

  /// As Hugging Face's processors, which do not look at it.
  /// Any number of them may stand before a marker.
  @Test func fillBytesBeforeASegmentCountForNothing() throws {
    let path = Self.folder.appending(path: "exif6.jpg").path
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let marker = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xE1 })
    bytes.insert(contentsOf: [0xFF, 0xFF], at: marker)
    #expect(
      try RGBImage(decoding: bytes, appliesOrientation: true)
        == RGBImage.load(path: path, appliesOrientation: true))
  }

  @Test func theOrientationIsLeftAloneUnlessAskedFor() throws {
    let image = try RGBImage.load(path: Self.folder.appending(path: "exif6.jpg").path)
    #expect(image.width == 9 && image.height == 6)
  }

  @Test(arguments: ["rgb-baseline.jpg", "cmyk-progressive.jpg"])
  func everyTruncationIsAnError(_ name: String) throws {
    let file = try Self.file(name)
    for length in 0..<file.count - 1 {
      #expect(throws: ImageError.self, "\(length) bytes") {
        try RGBImage(decoding: Array(file[..<length]))
      }
    }
  }

  /// Damage is an error or other pixels, never a crash.
  @Test(arguments: ["rgb-baseline.jpg", "rgb-progressive.jpg", "exif6.jpg", "l-baseline.jpg"])
  func noChangedByteTraps(_ name: String) throws {
    let file = try Self.file(name)
    for position in file.indices {
      for mask in [UInt8(0x01), 0x40, 0xFF] {
        var broken = file
        broken[position] ^= mask
        _ = try? RGBImage(decoding: broken)
        _ = try? RGBImage(decoding: broken).oriented(.leftTurned)
      }
    }
  }

  @Test func aBombIsRefused() throws {
    var file = try Self.file("rgb-baseline.jpg")
    let frame = try #require(
      file.indices.dropLast().first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
    file.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
    let error = #expect(throws: ImageError.self) { try RGBImage(decoding: file) }
    #expect(error?.description.contains("a decompression bomb: 65500 x 65500 pixels") == true)
  }
}
