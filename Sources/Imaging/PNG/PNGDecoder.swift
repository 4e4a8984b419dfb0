import CPNG

/// Inflates a PNG stream through libpng's simplified interface, which needs no `setjmp`.
enum PNGDecoder {
  static func decode(_ stream: PNGStream) throws(ImageError) -> RGBImage {
    let pixels = stream.width * stream.height
    switch (stream.bitDepth, stream.hasAlpha) {
    case (16, false):
      let samples: [UInt16] = try read(stream, format: colour | linear, count: pixels * 3)
      return image(stream, samples.map { UInt8($0 >> 8) })
    case (_, true):
      let samples: [UInt8] = try read(stream, format: colour | alpha, count: pixels * 4)
      return image(stream, droppingAlpha(samples, pixels: pixels))
    default:
      return image(stream, try read(stream, format: colour, count: pixels * 3))
    }
  }

  private static let alpha = png_uint_32(PNG_FORMAT_FLAG_ALPHA)
  private static let colour = png_uint_32(PNG_FORMAT_FLAG_COLOR)
  private static let linear = png_uint_32(PNG_FORMAT_FLAG_LINEAR)

  private static func image(_ stream: PNGStream, _ samples: [UInt8]) -> RGBImage {
    RGBImage(width: stream.width, height: stream.height, samples: samples)
  }

  private static func droppingAlpha(_ samples: [UInt8], pixels: Int) -> [UInt8] {
    var opaque = [UInt8](repeating: 0, count: pixels * 3)
    for pixel in 0..<pixels {
      for channel in 0..<3 { opaque[pixel * 3 + channel] = samples[pixel * 4 + channel] }
    }
    return opaque
  }

  /// The samples in `format`.
  ///
  /// libpng takes a 16-bit file without a gAMA chunk to be linear: linear output then is the
  /// file's own samples, and 8-bit output needs to be told that no curve is to be applied.
  private static func read<Sample: FixedWidthInteger>(
    _ stream: PNGStream, format: png_uint_32, count: Int
  ) throws(ImageError) -> [Sample] {
    var control = png_image()
    control.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&control) }
    var samples = [Sample](repeating: 0, count: count)
    let succeeded = stream.bytes.withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(&control, bytes.baseAddress, bytes.count) != 0 else {
        return false
      }
      control.format = format
      if format & linear == 0 { control.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB) }
      return samples.withUnsafeMutableBytes {
        png_image_finish_read(&control, nil, $0.baseAddress, 0, nil) != 0
      }
    }
    guard succeeded else {
      throw ImageError(.malformed("not a valid PNG file: \(message(of: control))"))
    }
    return samples
  }

  private static func message(of control: png_image) -> String {
    withUnsafeBytes(of: control.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
