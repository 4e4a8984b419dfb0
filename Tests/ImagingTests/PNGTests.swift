import Foundation
import Imaging
import Testing

struct PNGTests {
  @Test(arguments: try Goldens.cases.get().decode)
  func equalsPillow(_ golden: Goldens.Decode) throws {
    #expect(try RGBImage.load(path: Goldens.path(golden.file)).digest == golden.digest)
  }

  @Test func everyTruncationIsAnError() throws {
    let png = try Goldens.bytes("palette4.png")
    for length in png.indices {
      #expect(throws: ImageError.self) { try RGBImage(decoding: Array(png[..<length])) }
    }
  }

  @Test func aChangedByteIsAnError() throws {
    let png = try Goldens.bytes("rgb8.png")
    for position in png.indices where position < png.count - 12 {
      var broken = png
      broken[position] ^= 0x40
      #expect(throws: ImageError.self, "byte \(position)") { try RGBImage(decoding: broken) }
    }
  }

  /// Damage is an error or other pixels, never a crash: bits of deflated, interlaced and filtered data.
  @Test func noChangedBitTraps() throws {
    for (seed, kind) in [(0, 1), (2, 8), (3, 4), (4, 16), (6, 8)].enumerated() {
      let file = GeneratedPNG(
        colour: kind.0, depth: kind.1, interlace: seed % 2, palette: kind.0 == 3 ? 16 : 0, width: 9,
        height: 7, seed: seed
      ).bytes
      for position in file.indices {
        var broken = file
        broken[position] ^= 1 << (position % 8)
        _ = try? RGBImage(decoding: broken)
      }
    }
  }

  @Test(arguments: [
    ([], "the file is empty"), ([0x89, 0x50], "not a PNG or JPEG file"),
    (Array("GIF89a".utf8), "not a PNG or JPEG file"),
  ])
  func contentDecides(_ bytes: [UInt8], _ fault: String) throws {
    let error = #expect(throws: ImageError.self) { try RGBImage(decoding: bytes, file: "a.png") }
    #expect(error?.description == "a.png: " + fault)
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
    #expect(error?.description.contains("a decompression bomb: 20000 x 9000 pixels") == true)
  }

  @Test func refusesAnImageWithoutPixels() throws {
    let error = #expect(throws: ImageError.self) {
      try RGBImage(decoding: header(width: 0, height: 5))
    }
    #expect(error?.description == "not a valid PNG file: 0 x 5 pixels")
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
