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
    guard width > 0, height > 0, [1, 3, 4].contains(channels) else {
      throw ImageError(
        .unsupported("a JPEG image of \(width) x \(height) pixels with \(channels) channels"))
    }
    guard width <= RGBImage.pixelLimit / height else {
      throw ImageError(
        .unsupported("\(width) x \(height) pixels, more than the limit of \(RGBImage.pixelLimit)"))
    }
    var samples = [UInt8](repeating: 0, count: width * height * channels)
    let isDecoded = samples.withUnsafeMutableBufferPointer { samples in
      file.withUnsafeBufferPointer {
        vitq_jpeg_decode($0.baseAddress, $0.count, samples.baseAddress, &jpeg) == 0
      }
    }
    guard isDecoded else { throw fault(jpeg) }
    return RGBImage(width: width, height: height, samples: colours(samples, channels: channels))
  }

  private static func colours(_ samples: [UInt8], channels: Int) -> [UInt8] {
    switch channels {
    case 1: return samples.flatMap { [$0, $0, $0] }
    case 3: return samples
    default: break
    }
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
