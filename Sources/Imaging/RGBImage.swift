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

  /// Reads the PNG or JPEG file at `path`; its content tells which it is.
  ///
  /// - Parameter appliesOrientation: Whether a picture is turned upright that was taken with the camera
  ///   held otherwise, as Pillow's `ImageOps.exif_transpose` does. Hugging Face's processors do not.
  /// - Throws: ``ImageError`` where the file can't be read or is no such image, or where it has more
  ///   than ``pixelLimit`` pixels.
  public static func load(
    path: String, appliesOrientation: Bool = false
  ) throws(ImageError) -> RGBImage {
    let bytes = try File.read(path)
    let image = try RGBImage(decoding: bytes, file: path)
    return appliesOrientation ? image.oriented(Orientation(of: bytes)) : image
  }

  /// Decodes a PNG or JPEG image; `file` is its name in messages.
  ///
  /// A JPEG's samples are those of Pillow over the same version of libjpeg-turbo. Of PNG:
  /// The samples are those of Pillow's `Image.open(file).convert("RGB")`: grey is repeated, a
  /// palette looked up, alpha and transparency dropped without blending, colour space and gamma
  /// ignored. Of 16-bit samples the upper 8 bits are taken. There are two exceptions: a 16-bit
  /// image with alpha is rounded to 8 bits, at most 1 away from Pillow's, and a 16-bit grey image,
  /// which Pillow clips at 255, keeps its upper 8 bits like every other.
  ///
  /// - Throws: ``ImageError`` as ``load(path:)``.
  public init(decoding bytes: [UInt8], file: String? = nil) throws(ImageError) {
    do throws(ImageError) {
      self =
        bytes.starts(with: JPEGDecoder.signature)
        ? try JPEGDecoder.decode(bytes) : try PNGDecoder.decode(PNGStream(bytes))
    } catch {
      throw ImageError(error.kind, file: file)
    }
  }
}
