import CImaging

/// Decodes PNG through libpng, as Pillow's `Image.open(file).convert("RGB")` does.
enum PNGDecoder {
  static func decode(_ stream: PNGStream) throws(ImageError) -> RGBImage {
    var png = vitq_png()
    png.width = UInt32(stream.width)
    png.height = UInt32(stream.height)
    let samples = Samples.decoded(count: stream.width * stream.height * 3) { samples in
      stream.bytes.withUnsafeBufferPointer {
        vitq_png_decode($0.baseAddress, $0.count, samples, &png) == 0
      }
    }
    guard let samples else {
      let message = withUnsafeBytes(of: png.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw ImageError(.malformed("not a valid PNG file: \(message)"))
    }
    return RGBImage(width: stream.width, height: stream.height, samples: samples)
  }
}
