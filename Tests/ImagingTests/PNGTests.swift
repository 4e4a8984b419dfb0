import Foundation
import Imaging
import Testing

struct PNGTests {
  @Test(arguments: try Goldens.cases.get().decode)
  func equalsPillow(_ golden: Goldens.Decode) throws {
    let image = try RGBImage.load(path: Goldens.path(golden.image))
    #expect(image.width == golden.width && image.height == golden.height)
    let expected = try Goldens.bytes(golden.offset, golden.count)
    let rounding = golden.image == "rgba16" ? 1 : 0
    let farthest = zip(image.samples, expected).map { abs(Int($0) - Int($1)) }.max()
    #expect(image.samples.count == expected.count)
    #expect(try #require(farthest) <= rounding)
  }

  @Test func everyTruncationIsAnError() throws {
    let png = try Goldens.png("palette4")
    for length in png.indices {
      #expect(throws: ImageError.self) { try RGBImage(decoding: Array(png[..<length])) }
    }
  }

  @Test func aChangedByteIsAnError() throws {
    let png = try Goldens.png("rgb8")
    for position in png.indices where position < png.count - 12 {
      var broken = png
      broken[position] ^= 0x40
      #expect(throws: ImageError.self, "byte \(position)") { try RGBImage(decoding: broken) }
    }
  }

  @Test func namesFileAndFault() throws {
    let error = #expect(throws: ImageError.self) {
      try RGBImage(decoding: [0xFF, 0xD8, 0xFF], file: "cat.jpg")
    }
    #expect(
      error?.description == "cat.jpg: not a valid JPEG file: the file ends too early")
    let missing = #expect(throws: ImageError.self) { try RGBImage.load(path: "/nowhere/cat.png") }
    #expect(missing?.description == "/nowhere/cat.png: can't be read: No such file or directory")
  }

  @Test func refusesABomb() throws {
    let tooMany = header(width: 20_000, height: 9_000)
    let error = #expect(throws: ImageError.self) { try RGBImage(decoding: tooMany) }
    #expect(error?.description.contains("20000 x 9000 pixels, more than the limit") == true)
  }

  @Test func asksForNoMemoryThatTheFileCanNotFill() throws {
    let hollow = header(width: 10_000, height: 10_000)
    let error = #expect(throws: ImageError.self) { try RGBImage(decoding: hollow) }
    #expect(error?.description.contains("0 bytes can't hold 10000 x 10000 pixels") == true)
  }

  /// A PNG without image data; the checks of the header come before those of the checksums.
  private func header(width: Int, height: Int) -> [UInt8] {
    func bigEndian(_ value: Int) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bigEndian(13) + Array("IHDR".utf8)
      + bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0] + bigEndian(0)
      + bigEndian(0) + Array("IEND".utf8) + bigEndian(0)
  }
}
