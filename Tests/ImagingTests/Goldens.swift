import Foundation
import Imaging

/// What `make_goldens.py` wrote.
struct Goldens: Decodable {
  struct Decode: Decodable, CustomStringConvertible {
    let image: String
    let width, height, offset, count: Int
    var description: String { image }
  }

  struct Resize: Decodable, CustomStringConvertible {
    let filter, width, height, offset, count: Int
    var description: String { "filter \(filter) to \(width) x \(height)" }
  }

  struct Processor: Decodable, CustomStringConvertible {
    let config: String
    let shape: [Int]
    let offset, count: Int
    var description: String { config }
  }

  let decode: [Decode]
  let resize: [Resize]
  let processor: [Processor]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")
  static let cases = Result {
    try JSONDecoder().decode(
      Goldens.self, from: Data(contentsOf: folder.appendingPathComponent("cases.json")))
  }
  static let expected = Result {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent("expected.bin")))
  }

  static func bytes(_ offset: Int, _ count: Int) throws -> [UInt8] {
    Array(try expected.get()[offset..<offset + count])
  }

  static func floats(_ offset: Int, _ count: Int) throws -> [Float] {
    let bytes = try bytes(offset, count * 4)
    return (0..<count).map { index in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
  }

  static func path(_ image: String) -> String {
    folder.appendingPathComponent(image + ".png").path
  }

  static func png(_ image: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(image))))
  }
}
