/// The critical chunks of a PNG file, checked as far as can be without inflating them.
///
/// The ancillary chunks are left out: a few bytes of compressed text can take any amount of memory,
/// and nothing that they say changes a sample.
struct PNGStream {
  /// Signature, IHDR, PLTE, IDAT and IEND as the file has them.
  private(set) var bytes: [UInt8]
  private(set) var width = 0
  private(set) var height = 0
  private var bitsPerPixel = 0

  /// The first bytes of every PNG file.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// - Precondition: `file` begins with ``signature``.
  init(_ file: [UInt8]) throws(ImageError) {
    bytes = Self.signature
    var position = Self.signature.count
    var compressedBytes = 0
    var ended = false
    while !ended {
      let chunk = try Chunk(file, at: position)
      if position == Self.signature.count { try readHeader(file, chunk) }
      if chunk.type == "IDAT" { compressedBytes += chunk.body.count }
      if chunk.isCritical { bytes += file[chunk.whole] }
      ended = chunk.type == "IEND"
      position = chunk.whole.upperBound
    }
    try checkSize(compressedBytes: compressedBytes)
  }

  private mutating func readHeader(_ file: [UInt8], _ chunk: Chunk) throws(ImageError) {
    guard chunk.type == "IHDR", chunk.body.count == 13 else {
      throw ImageError(.malformed("not a valid PNG file: the first chunk is not IHDR"))
    }
    let start = chunk.body.lowerBound
    width = bigEndian(file, at: start)
    height = bigEndian(file, at: start + 4)
    bitsPerPixel = Int(file[start + 8]) * Self.channels(colourType: file[start + 9])
    guard width > 0, height > 0 else {
      throw ImageError(.malformed("not a valid PNG file: \(width) x \(height) pixels"))
    }
    try RGBImage.checkSize(width: width, height: height)
  }

  /// Samples of a pixel in the file; 1 where the type is none, which libpng then says.
  private static func channels(colourType: UInt8) -> Int {
    switch colourType {
    case 2: 3
    case 4: 2
    case 6: 4
    default: 1
    }
  }

  /// Deflate makes at most 1032 bytes of one, so memory is only asked for where the file's size
  /// justifies it.
  private func checkSize(compressedBytes: Int) throws(ImageError) {
    guard (width * bitsPerPixel + 7) / 8 * height <= compressedBytes.multipliedOrMax(by: 1032)
    else {
      throw ImageError(
        .malformed(
          "not a valid PNG file: \(compressedBytes) bytes can't hold \(width) x \(height) pixels"))
    }
  }
}

/// Where a chunk lies in the file.
private struct Chunk {
  let type: String
  let whole: Range<Int>
  let body: Range<Int>

  /// Whether a decoder must understand it: the first letter is upper case.
  let isCritical: Bool

  init(_ file: [UInt8], at position: Int) throws(ImageError) {
    guard file.count - position >= 12 else {
      throw ImageError(.malformed("truncated PNG file: no chunk at byte \(position)"))
    }
    let length = bigEndian(file, at: position)
    guard length <= file.count - position - 12 else {
      throw ImageError(
        .malformed(
          "truncated PNG file: the chunk at byte \(position) says that it has \(length) bytes"))
    }
    type = String(decoding: file[position + 4..<position + 8], as: UTF8.self)
    isCritical = file[position + 4] & 0x20 == 0
    body = position + 8..<position + 8 + length
    whole = position..<position + 12 + length
  }
}

private func bigEndian(_ bytes: [UInt8], at position: Int) -> Int {
  bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
}

extension Int {
  fileprivate func multipliedOrMax(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
