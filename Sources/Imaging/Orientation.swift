/// How a camera was held: the Orientation tag (0x0112) of EXIF 2.3.
///
/// The cases are what has to be done to the stored pixels for the picture to be upright.
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case upsideDown = 3
  case mirroredUpsideDown = 4
  case transposed = 5
  /// A quarter turn clockwise.
  case rightTurned = 6
  case transverse = 7
  /// A quarter turn counter-clockwise.
  case leftTurned = 8

  /// What the EXIF data in a JPEG or PNG file say; upright where they say nothing.
  init(of file: [UInt8]) {
    let tiff = ExifLocator.jpeg(file) ?? ExifLocator.png(file)
    self = tiff.flatMap { TIFFReader(bytes: $0).orientation }.flatMap(Orientation.init) ?? .upright
  }
}

extension RGBImage {
  /// The image as it is seen: Pillow's `ImageOps.exif_transpose` for `orientation`.
  public func oriented(_ orientation: Orientation) -> RGBImage {
    if orientation == .upright { return self }
    let swaps = orientation.rawValue >= 5
    let (columns, rows) = swaps ? (height, width) : (width, height)
    var turned = [UInt8](repeating: 0, count: samples.count)
    for row in 0..<rows {
      for column in 0..<columns {
        let (x, y) = source(orientation, column, row)
        for channel in 0..<3 {
          turned[(row * columns + column) * 3 + channel] = samples[(y * width + x) * 3 + channel]
        }
      }
    }
    return RGBImage(width: columns, height: rows, samples: turned)
  }

  /// The pixel that comes to (column, row).
  private func source(_ orientation: Orientation, _ column: Int, _ row: Int) -> (x: Int, y: Int) {
    switch orientation {
    case .upright: (column, row)
    case .mirrored: (width - 1 - column, row)
    case .upsideDown: (width - 1 - column, height - 1 - row)
    case .mirroredUpsideDown: (column, height - 1 - row)
    case .transposed: (row, column)
    case .rightTurned: (row, height - 1 - column)
    case .transverse: (width - 1 - row, height - 1 - column)
    case .leftTurned: (width - 1 - row, column)
    }
  }
}

/// Finds the EXIF data of a file: a TIFF structure.
private enum ExifLocator {
  /// APP1 segments that begin with "Exif".
  static func jpeg(_ file: [UInt8]) -> ArraySlice<UInt8>? {
    guard file.starts(with: JPEGDecoder.signature) else { return nil }
    let head = Array("Exif\0\0".utf8)
    var position = 2
    while position + 4 <= file.count, file[position] == 0xFF {
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

  /// The eXIf chunk.
  static func png(_ file: [UInt8]) -> ArraySlice<UInt8>? {
    var position = 8
    guard file.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
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
private struct TIFFReader {
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
      if number(at: place, bytes: 2) == 0x0112 { return number(at: place + 8, bytes: 2) }
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
