/// The critical chunks of a PNG file, checked as far as can be without inflating them.
///
/// The ancillary chunks are left out: libpng's simplified interface would apply gamma, colour
/// space and transparency, which Pillow does not.
struct PNGStream {
  /// Signature, IHDR, PLTE, IDAT and IEND as the file has them.
  private(set) var bytes: [UInt8]
  private(set) var width = 0
  private(set) var height = 0
  private(set) var bitDepth = 0
  private(set) var hasAlpha = false

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  init(_ file: [UInt8]) throws(ImageError) {
    guard file.starts(with: Self.signature) else {
      throw ImageError(.malformed("not a PNG or JPEG file"))
    }
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
    bitDepth = Int(file[start + 8])
    hasAlpha = file[start + 9] & 4 != 0
    guard width > 0, height > 0 else {
      throw ImageError(.malformed("not a valid PNG file: \(width) x \(height) pixels"))
    }
    guard width <= RGBImage.pixelLimit / height else {
      throw ImageError(
        .unsupported(
          "\(width) x \(height) pixels, more than the limit of \(RGBImage.pixelLimit)"))
    }
  }

  /// Deflate makes at most 1032 bytes of one, so memory is only asked for where the file's size
  /// justifies it.
  private func checkSize(compressedBytes: Int) throws(ImageError) {
    guard (width * bitDepth + 7) / 8 * height <= compressedBytes.multipliedOrMax(by: 1032) else {
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
