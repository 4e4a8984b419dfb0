extension ProcessorConfig {
  /// Reads the `preprocessor_config.json` at `path`.
  ///
  /// - Throws: ``ImageError`` as ``init(decoding:file:)``, and where the file can't be read.
  public static func load(path: String) throws(ImageError) -> ProcessorConfig {
    try ProcessorConfig(decoding: File.read(path), file: path)
  }

  /// Decodes the content of a `preprocessor_config.json`; `file` is its name in messages.
  ///
  /// A missing key has `ViTImageProcessor`'s default, in a file of another processor only where
  /// all processors share it.
  ///
  /// - Throws: ``ImageError`` naming the key whose value is wrong, that is missing, or that would
  ///   change pixels in a way that is not known here.
  public init(decoding bytes: [UInt8], file: String? = nil) throws(ImageError) {
    do throws(ImageError) {
      self = try Self.decode(ProcessorConfigKeys(members: JSONValue.object(in: bytes)))
    } catch {
      throw ImageError(error.kind, file: file)
    }
  }

  private static func decode(_ keys: ProcessorConfigKeys) throws(ImageError) -> ProcessorConfig {
    try keys.rejectUnknown()
    var config = ProcessorConfig()
    config.size =
      try keys.bool("do_resize", default: true) ? keys.size("size", default: config.size) : nil
    if config.size != nil {
      config.filter = try keys.filter("resample", default: config.filter)
    }
    config.centerCrop =
      try keys.bool("do_center_crop", default: false) ? keys.crop("crop_size") : nil
    config.rescaleFactor =
      try keys.sharedBool("do_rescale", default: true)
      ? keys.number("rescale_factor", default: 1 / 255) : nil
    let normalizes = try keys.bool("do_normalize", default: true)
    config.normalization =
      normalizes
      ? Normalization(
        mean: try keys.channels("image_mean", default: 0.5),
        standardDeviation: try keys.channels("image_std", default: 0.5, nonZero: true))
      : nil
    return config
  }
}
