/// How a camera was held: the Orientation tag (0x0112) of EXIF 2.3, or of XMP.
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

  /// What a JPEG or PNG file says: in its EXIF data, or else, as in Pillow, in a JPEG's XMP; upright where
  /// it says nothing.
  init(of file: [UInt8]) {
    let tiff = Metadata.jpeg(file, head: Metadata.exif) ?? Metadata.png(file)
    let number =
      tiff.flatMap { TIFFReader(bytes: $0).orientation }
      ?? Metadata.jpeg(file, head: Metadata.xmp).flatMap(Self.number(inXMP:))
    self = number.flatMap(Orientation.init) ?? .upright
  }

  /// The digit of `tiff:Orientation="6"` or `<tiff:Orientation>6</tiff:Orientation>`.
  private static func number(inXMP text: ArraySlice<UInt8>) -> Int? {
    String(decoding: text, as: UTF8.self).firstMatch(of: /tiff:Orientation(?:="|>)([0-9])/)
      .flatMap { Int($0.1) }
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
