import Foundation
import Imaging

/// Does to images what the lines of standard input say, and writes the bytes that come of it: the
/// other side of `compare_images.py`.
///
/// A line has fields between tabs: `decode FILE`, `upright FILE` (turned as EXIF says), `resize FILE
/// WIDTH HEIGHT FILTER` or `process FILE CONFIGURATION`. The answer is a line with the sizes of the
/// result and the number of bytes, and those; or `error` and what is wrong.
@main
enum ImageBytes {
  static func main() throws {
    while let line = readLine() {
      let fields = line.split(separator: "\t").map(String.init)
      do {
        let (shape, bytes) = try answer(fields)
        let header = (shape + [bytes.count]).map(String.init).joined(separator: " ") + "\n"
        try FileHandle.standardOutput.write(contentsOf: Data(header.utf8) + bytes)
      } catch {
        try FileHandle.standardOutput.write(contentsOf: Data("error \(error)\n".utf8))
      }
    }
  }

  private static func answer(_ fields: [String]) throws -> (shape: [Int], bytes: Data) {
    guard fields.count >= 2 else { throw UsageError(fields: fields) }
    switch (fields[0], fields.dropFirst(2).compactMap { Int($0) }) {
    case ("decode", []) where fields.count == 2:
      return samples(try RGBImage.load(path: fields[1]))
    case ("upright", []) where fields.count == 2:
      return samples(try RGBImage.load(path: fields[1], appliesOrientation: true))
    case ("resize", let numbers) where numbers.count == 3 && min(numbers[0], numbers[1]) > 0:
      guard let filter = ResampleFilter(rawValue: numbers[2]) else {
        throw UsageError(fields: fields)
      }
      let image = try RGBImage.load(path: fields[1])
      return samples(image.resized(width: numbers[0], height: numbers[1], filter: filter))
    case ("process", []) where fields.count == 3:
      let processor = ImageProcessor(try ProcessorConfig.load(path: fields[2]))
      let (values, shape) = try processor.pixels(path: fields[1])
      return (shape, values.withUnsafeBytes { Data($0) })
    default:
      throw UsageError(fields: fields)
    }
  }

  private static func samples(_ image: RGBImage) -> (shape: [Int], bytes: Data) {
    ([image.height, image.width, 3], Data(image.samples))
  }
}

private struct UsageError: Error, CustomStringConvertible {
  let fields: [String]
  var description: String { "not a line: \(fields.joined(separator: " "))" }
}
