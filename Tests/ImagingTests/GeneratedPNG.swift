import Foundation

/// A PNG file made of integers alone, byte for byte as `generate` in make_goldens.py makes it: palette,
/// filter types and filtered rows come from a linear congruential generator.
struct GeneratedPNG: CustomStringConvertible {
  let colour, depth, interlace, palette, width, height, seed: Int
  var description: String {
    "colour \(colour), \(depth) bits, interlace \(interlace), \(width) x \(height), seed \(seed)"
  }

  private static let passes = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
  ]

  /// The whole file.
  var bytes: [UInt8] {
    var state = UInt32(seed)
    func byte() -> UInt8 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    let colours = (0..<3 * palette).map { _ in byte() }
    var rows: [UInt8] = []
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colour, default: 0]
    for (left, top, across, down) in interlace == 1 ? Self.passes : [(0, 0, 1, 1)] {
      let columns = max(0, (width - left + across - 1) / across)
      let count = (columns * channels * depth + 7) / 8
      for _ in 0..<(columns > 0 ? max(0, (height - top + down - 1) / down) : 0) {
        rows.append(byte() % 5)
        rows += (0..<count).map { _ in byte() }
      }
    }
    let kind = [depth, colour, 0, 0, interlace].map { UInt8($0) }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + kind)
      + (palette > 0 ? chunk("PLTE", colours) : []) + chunk("IDAT", stored(rows))
      + chunk("IEND", [])
  }

  /// A zlib stream that compresses nothing.
  private func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: bytes.count, by: 65535) {
      let block = bytes[start..<min(start + 65535, bytes.count)]
      let (low, high) = (UInt8(block.count & 0xFF), UInt8(block.count >> 8))
      stream += [block.endIndex == bytes.count ? 1 : 0, low, high, ~low, ~high] + block
    }
    var (first, second) = (UInt32(1), UInt32(0))
    for byte in bytes {
      first = (first + UInt32(byte)) % 65521
      second = (second + first) % 65521
    }
    return stream + bigEndian(second << 16 | first)
  }

  private func chunk(_ kind: String, _ body: [UInt8]) -> [UInt8] {
    let named = Array(kind.utf8) + body
    return bigEndian(UInt32(body.count)) + named + bigEndian(CRC32.of(named))
  }

  private func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

extension GeneratedPNG {
  /// A line of `generated.txt`: a file, and what Pillow makes of it.
  struct Golden {
    let file: GeneratedPNG
    let width, height: Int
    let decoded: String
    /// Of the image at `width` x `height` by filter.
    let resized: [String]
  }

  static func goldens() throws -> [Golden] {
    let text = try String(contentsOfFile: Goldens.path("generated.txt"), encoding: .utf8)
    return text.split(separator: "\n").map { line in
      let fields = line.split(separator: " ").map(String.init)
      let numbers = fields.prefix(9).compactMap { Int($0) }
      return Golden(
        file: GeneratedPNG(
          colour: numbers[0], depth: numbers[1], interlace: numbers[2], palette: numbers[3],
          width: numbers[4], height: numbers[5], seed: numbers[6]),
        width: numbers[7], height: numbers[8], decoded: fields[9], resized: Array(fields[10...]))
    }
  }
}
