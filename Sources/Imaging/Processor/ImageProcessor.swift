/// Makes the pixels that a model takes out of images, as Hugging Face's `ViTImageProcessor` does
/// over Pillow.
public struct ImageProcessor: Sendable {
  /// What is done to an image.
  public let config: ProcessorConfig

  /// A processor that does what `config` says.
  public init(_ config: ProcessorConfig) {
    self.config = config
  }

  /// Shape of ``tensor(_:)`` for `image`: channels, rows, columns.
  public func shape(of image: RGBImage) -> [Int] {
    if let size = config.outputSize { return [3, size.height, size.width] }
    let (height, width) = resizedSize(of: image)
    return [3, height, width]
  }

  /// The pixels of `image` in row-major order of channel, row and column.
  ///
  /// Resized and cropped in 8 bits, multiplied in fp64 and rounded to fp32, normalized in fp32.
  ///
  /// - Throws: ``ImageError`` where resizing by the shortest edge makes more than
  ///   ``RGBImage/pixelLimit`` pixels.
  public func tensor(_ image: RGBImage) throws(ImageError) -> [Float] {
    let (height, width) = resizedSize(of: image)
    guard width <= RGBImage.pixelLimit / height else {
      throw ImageError(
        .unsupported("resizing \(image.width) x \(image.height) pixels to \(width) x \(height)"))
    }
    let resized = image.resized(width: width, height: height, filter: config.filter)
    let crop = config.centerCrop ?? ProcessorConfig.Crop(height: height, width: width)
    let top = floorHalf(height - crop.height)
    let left = floorHalf(width - crop.width)
    var pixels: [Float] = []
    pixels.reserveCapacity(3 * crop.height * crop.width)
    for (channel, values) in channelTables.enumerated() {
      for row in top..<top + crop.height {
        for column in left..<left + crop.width {
          let isInside = (0..<height).contains(row) && (0..<width).contains(column)
          let sample = isInside ? resized.samples[(row * width + column) * 3 + channel] : 0
          pixels.append(values[Int(sample)])
        }
      }
    }
    return pixels
  }

  private func resizedSize(of image: RGBImage) -> (height: Int, width: Int) {
    switch config.size {
    case nil:
      return (image.height, image.width)
    case .exact(let height, let width):
      return (height, width)
    case .shortestEdge(let edge) where image.width <= image.height:
      return (edge * image.height / image.width, edge)
    case .shortestEdge(let edge):
      return (edge, edge * image.width / image.height)
    }
  }

  /// What each of the 256 sample values becomes, for each channel.
  private var channelTables: [[Float]] {
    (0..<3).map { channel in
      (0..<256).map { sample in
        let rescaled = Float(Double(sample) * (config.rescaleFactor ?? 1))
        guard let normalization = config.normalization else { return rescaled }
        return (rescaled - Float(normalization.mean[channel]))
          / Float(normalization.standardDeviation[channel])
      }
    }
  }
}

/// Half of `value` rounded down; a crop larger than the image starts before it.
private func floorHalf(_ value: Int) -> Int { value >> 1 }
