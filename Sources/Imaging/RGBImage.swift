/// An image of 8-bit red, green and blue samples.
public struct RGBImage: Sendable, Equatable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height` x `width` x 3 samples, row by row, colours interleaved.
  public let samples: [UInt8]

  /// An image of `samples`.
  ///
  /// - Precondition: `width` and `height` are positive and there are `height * width * 3` samples.
  public init(width: Int, height: Int, samples: [UInt8]) {
    precondition(width > 0 && height > 0 && samples.count == width * height * 3)
    self.width = width
    self.height = height
    self.samples = samples
  }

  /// Most pixels that an image may have: where Pillow refuses one as a decompression bomb.
  public static let pixelLimit = 178_956_970

  /// Throws where an image has more pixels than ``pixelLimit``.
  static func checkSize(width: Int, height: Int) throws(ImageError) {
    guard width <= pixelLimit / height else {
      throw ImageError(
        .unsupported(
          "a decompression bomb: \(width) x \(height) pixels, more than the limit of \(pixelLimit)")
      )
    }
  }

  /// Reads the PNG or JPEG file at `path`; see ``init(decoding:file:appliesOrientation:)``.
  ///
  /// - Throws: ``ImageError``, also where the file can't be read.
  public static func load(
    path: String, appliesOrientation: Bool = false
  ) throws(ImageError) -> RGBImage {
    try RGBImage(
      decoding: content(path), file: path, appliesOrientation: appliesOrientation)
  }

  /// The bytes of the PNG or JPEG file at `path`; of another file no more than its head is read.
  static func content(_ path: String) throws(ImageError) -> [UInt8] {
    try File.read(path) { head throws(ImageError) in
      guard head.starts(with: JPEGDecoder.signature) || head.starts(with: PNGStream.signature)
      else { throw isNoImage(head) }
    }
  }

  /// Decodes a PNG or JPEG image; its content tells which it is.
  ///
  /// The samples are those of Pillow's `Image.open(file).convert("RGB")`: grey is repeated, a
  /// palette looked up, CMYK converted, alpha and transparency dropped without blending, colour
  /// space and gamma ignored. Of 16-bit samples the upper 8 bits are taken, but 16-bit grey without
  /// alpha is clipped at 255. See docs/images.md.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - file: Its name in messages.
  ///   - appliesOrientation: Whether a picture is turned upright that was taken with the camera held
  ///     otherwise, as Pillow's `ImageOps.exif_transpose` does. Hugging Face's processors do not.
  /// - Throws: ``ImageError`` where the content is no such image, or where it has more than
  ///   ``pixelLimit`` pixels.
  public init(
    decoding bytes: [UInt8], file: String? = nil, appliesOrientation: Bool = false
  ) throws(ImageError) {
    do throws(ImageError) {
      let image = try Self.decode(bytes)
      self = appliesOrientation ? image.oriented(Orientation(of: bytes)) : image
    } catch {
      throw ImageError(error.kind, file: file)
    }
  }

  private static func decode(_ bytes: [UInt8]) throws(ImageError) -> RGBImage {
    if bytes.starts(with: JPEGDecoder.signature) { return try JPEGDecoder.decode(bytes) }
    if bytes.starts(with: PNGStream.signature) { return try PNGDecoder.decode(PNGStream(bytes)) }
    throw isNoImage(bytes)
  }

  private static func isNoImage(_ bytes: [UInt8]) -> ImageError {
    ImageError(.malformed(bytes.isEmpty ? "the file is empty" : "not a PNG or JPEG file"))
  }
}
