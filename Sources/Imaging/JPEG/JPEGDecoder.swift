import CImaging

/// Decodes JPEG through libjpeg, as Pillow does: accurate integer DCT, smooth upsampling of colour.
enum JPEGDecoder {
  /// The first bytes of every JPEG file.
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  static func decode(_ file: [UInt8]) throws(ImageError) -> RGBImage {
    var jpeg = vitq_jpeg()
    let isSound = file.withUnsafeBufferPointer {
      vitq_jpeg_header($0.baseAddress, $0.count, &jpeg) == 0
    }
    guard isSound else { throw fault(jpeg) }
    let (width, height, channels) = (Int(jpeg.width), Int(jpeg.height), Int(jpeg.channels))
    guard width > 0, height > 0, [3, 4].contains(channels) else {
      throw ImageError(
        .unsupported("a JPEG image of \(width) x \(height) pixels with \(channels) channels"))
    }
    try RGBImage.checkSize(width: width, height: height)
    let samples = Samples.decoded(count: width * height * channels) { samples in
      file.withUnsafeBufferPointer {
        vitq_jpeg_decode($0.baseAddress, $0.count, samples, &jpeg) == 0
      }
    }
    guard let samples else { throw fault(jpeg) }
    return RGBImage(
      width: width, height: height, samples: channels == 4 ? colours(ofInks: samples) : samples)
  }

  /// The colours of CMYK pixels.
  private static func colours(ofInks samples: [UInt8]) -> [UInt8] {
    var colours = [UInt8](repeating: 0, count: samples.count / 4 * 3)
    for pixel in 0..<samples.count / 4 {
      // Adobe's files, and so all that there are, hold the complements of the inks: Pillow's
      // "CMYK;I", and then its conversion to RGB.
      let white = Int(samples[pixel * 4 + 3])
      for channel in 0..<3 {
        let product = (255 - Int(samples[pixel * 4 + channel])) * white + 128
        colours[pixel * 3 + channel] = UInt8(clamping: white - (product >> 8 + product) >> 8)
      }
    }
    return colours
  }

  private static func fault(_ jpeg: vitq_jpeg) -> ImageError {
    let message = withUnsafeBytes(of: jpeg.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    return ImageError(.malformed("not a valid JPEG file: \(message)"))
  }
}
