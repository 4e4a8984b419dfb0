import Foundation
import Imaging

/// What `make_goldens.py` wrote into `cases.json`.
struct Goldens: Decodable {
  struct Decode: Decodable, CustomStringConvertible {
    let file, digest: String
    var description: String { file }
  }

  struct Photo: Decodable, CustomStringConvertible {
    let file: String
    let width, height: Int
    let digest: String
    let resized: [Resize]
    var description: String { file }
  }

  struct Resize: Decodable {
    let width, height, filter: Int
    let digest: String
  }

  struct Processor: Decodable, CustomStringConvertible {
    let name, config, photo: String
    let shape: [Int]
    let digest: String
    var description: String { name }
  }

  let decode: [Decode]
  let photos: [Photo]
  let processors: [Processor]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")
  static let cases = Result {
    try JSONDecoder().decode(
      Goldens.self, from: Data(contentsOf: folder.appendingPathComponent("cases.json")))
  }

  /// Path of a photo.
  static func photo(_ file: String) -> String {
    folder.appendingPathComponent("photos/" + file).path
  }

  static func path(_ file: String) -> String {
    folder.appendingPathComponent(file).path
  }

  static func bytes(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(file))))
  }
}

/// CRC-32 as in PNG and zlib.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    var value = UInt32(byte)
    for _ in 0..<8 { value = (value >> 1) ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    return value
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
    return ~value
  }
}

extension RGBImage {
  /// The digest that the goldens have of samples.
  var digest: String { hexadecimal(CRC32.of(samples)) }
}

/// The digest that the goldens have of a tensor.
func digest(_ values: [Float]) -> String {
  hexadecimal(CRC32.of(values.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }))
}

private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
