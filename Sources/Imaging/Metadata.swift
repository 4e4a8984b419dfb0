/// Finds what a file says of its image beside the pixels.
enum Metadata {
  /// How an APP1 segment of EXIF data begins; a TIFF structure follows.
  static let exif = Array("Exif\0\0".utf8)
  /// How an APP1 segment of XMP begins; XML follows.
  static let xmp = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  /// What follows `head` in the first APP1 segment of a JPEG file that begins with it.
  static func jpeg(_ file: [UInt8], head: [UInt8]) -> ArraySlice<UInt8>? {
    guard file.starts(with: JPEGDecoder.signature) else { return nil }
    var position = 2
    while position + 4 <= file.count, file[position] == 0xFF {
      // Any number of these may stand before a marker.
      guard file[position + 1] != 0xFF else {
        position += 1
        continue
      }
      let (marker, length) = (
        file[position + 1], Int(file[position + 2]) << 8 | Int(file[position + 3])
      )
      let end = position + 2 + length
      // After the start of scan there are no more segments.
      guard marker != 0xDA, length >= 2, end <= file.count else { return nil }
      let body = file[(position + 4)..<max(end, position + 4)]
      if marker == 0xE1, body.starts(with: head) { return body.dropFirst(head.count) }
      position = end
    }
    return nil
  }

  /// The eXIf chunk of a PNG file: a TIFF structure.
  static func png(_ file: [UInt8]) -> ArraySlice<UInt8>? {
    var position = 8
    guard file.starts(with: PNGStream.signature) else { return nil }
    while position + 12 <= file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - position - 12 else { return nil }
      let type = file[(position + 4)..<(position + 8)]
      if type.elementsEqual("eXIf".utf8) { return file[(position + 8)..<(position + 8 + length)] }
      position += 12 + length
    }
    return nil
  }
}

/// The first directory of a TIFF structure.
struct TIFFReader {
  private let bytes: [UInt8]
  private let isLittle: Bool

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = Array(bytes)
    isLittle = bytes.starts(with: "II".utf8)
  }

  /// The orientation's number; nil where there is none.
  var orientation: Int? {
    guard isLittle || bytes.starts(with: "MM".utf8), number(at: 2, bytes: 2) == 42,
      let start = number(at: 4, bytes: 4), let count = number(at: start, bytes: 2)
    else { return nil }
    for entry in 0..<count {
      let place = start + 2 + 12 * entry
      guard number(at: place, bytes: 2) == 0x0112 else { continue }
      switch number(at: place + 2, bytes: 2) {
      case 1: return number(at: place + 8, bytes: 1)
      case 3: return number(at: place + 8, bytes: 2)
      case 4: return number(at: place + 8, bytes: 4)
      default: return nil
      }
    }
    return nil
  }

  private func number(at position: Int, bytes count: Int) -> Int? {
    guard position >= 0, position <= bytes.count - count else { return nil }
    let digits = bytes[position..<position + count]
    return isLittle
      ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
  }
}
