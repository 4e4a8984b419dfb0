/// Makes the pixels that a model takes out of images, as Hugging Face's image processors do over
/// Pillow.
public struct ImageProcessor: Sendable {
  /// What is done to an image.
  public let config: ProcessorConfig

  /// A processor that does what `config` says.
  public init(_ config: ProcessorConfig) {
    self.config = config
  }

  /// The pixels of the PNG or JPEG file at `path`, and their shape: channels, rows, columns.
  ///
  /// - Throws: ``ImageError`` where the file can't be read or decoded, and as ``tensor(_:)``.
  public func pixels(path: String) throws(ImageError) -> (values: [Float], shape: [Int]) {
    try pixels(decoding: RGBImage.content(path), file: path)
  }

  /// The pixels of the PNG or JPEG file whose content is `bytes`; `file` is its name in messages.
  ///
  /// - Throws: ``ImageError`` as ``pixels(path:)``.
  public func pixels(
    decoding bytes: [UInt8], file: String? = nil
  ) throws(ImageError) -> (values: [Float], shape: [Int]) {
    let image = try RGBImage(decoding: bytes, file: file)
    do throws(ImageError) {
      return (try tensor(image), shape(of: image))
    } catch {
      throw ImageError(error.kind, file: file)
    }
  }

  /// Shape of ``tensor(_:)`` for `image`: channels, rows, columns.
  public func shape(of image: RGBImage) -> [Int] {
    if let size = config.outputSize { return [3, size.height, size.width] }
    let (height, width) = resizedSize(of: image)
    return [3, height, width]
  }

  /// The pixels of `image` in row-major order of channel, row and column.
  ///
  /// Resized and cropped in 8 bits, multiplied in fp64 and rounded to fp32, normalized in fp32. Where
  /// the crop is larger than the image, it is black around it.
  ///
  /// - Throws: ``ImageError`` where resizing leaves nothing, or more than ``RGBImage/pixelLimit`` pixels.
  public func tensor(_ image: RGBImage) throws(ImageError) -> [Float] {
    let (height, width) = resizedSize(of: image)
    guard height > 0, width > 0, width <= RGBImage.pixelLimit / height else {
      throw ImageError(
        .unsupported("resizing \(image.width) x \(image.height) pixels to \(width) x \(height)"))
    }
    let resized = image.resized(width: width, height: height, filter: config.filter)
    let crop = config.centerCrop ?? ProcessorConfig.Crop(height: height, width: width)
    return channelTables.enumerated().flatMap { channel, values in
      plane(of: resized, channel: channel, values: values, crop: crop)
    }
  }

  /// A channel of the part of `image` that `crop` leaves; `values` has what each sample becomes.
  private func plane(
    of image: RGBImage, channel: Int, values: [Float], crop: ProcessorConfig.Crop
  ) -> [Float] {
    // Rounded down: a crop that is larger than the image starts before it.
    let (top, left) = ((image.height - crop.height) >> 1, (image.width - crop.width) >> 1)
    let columns = max(left, 0)..<min(left + crop.width, image.width)
    var plane = [Float](repeating: values[0], count: crop.height * crop.width)
    for row in max(top, 0)..<min(top + crop.height, image.height) {
      let target = (row - top) * crop.width - left
      let source = row * image.width
      for column in columns {
        plane[target + column] = values[Int(image.samples[(source + column) * 3 + channel])]
      }
    }
    return plane
  }

  private func resizedSize(of image: RGBImage) -> (height: Int, width: Int) {
    config.size?.resized(height: image.height, width: image.width) ?? (image.height, image.width)
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
