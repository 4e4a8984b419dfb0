extension ProcessorConfig {
  /// Reads the `preprocessor_config.json` at `path`.
  ///
  /// - Throws: ``ImageError`` as ``init(decoding:file:)``, and where the file can't be read.
  public static func load(path: String) throws(ImageError) -> ProcessorConfig {
    try ProcessorConfig(decoding: File.read(path), file: path)
  }

  /// Decodes the content of a `preprocessor_config.json`; `file` is its name in messages.
  ///
  /// The image processors of ViT, DeiT, BEiT, CLIP, SigLIP, BiT (and so DINOv2) and ConvNeXT are known,
  /// and the feature extractors that they once were; a missing key has the default of its processor.
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
    let family = keys.family
    var config = ProcessorConfig()
    config.size = nil
    if try keys.bool("do_resize", default: true) {
      let isSquare = try keys.bool("default_to_square", default: family.numberIsSquare)
      config.size = try keys.size("size", default: family.size, numberIsSquare: isSquare)
      config.filter = try keys.filter("resample", default: family.filter)
    }
    if try keys.bool("do_center_crop", default: family.centerCrops) {
      config.centerCrop = try keys.crop("crop_size", default: family.cropSize)
    }
    if family == .convNext { try config.cropAsConvNext(keys) }
    config.rescaleFactor =
      try keys.bool("do_rescale", default: true)
      ? keys.positive("rescale_factor", default: 1 / 255) : nil
    config.normalization =
      try keys.bool("do_normalize", default: true)
      ? Normalization(
        mean: try keys.channels("image_mean", default: family.mean),
        standardDeviation: try keys.channels(
          "image_std", default: family.standardDeviation, nonZero: true))
      : nil
    return config
  }

  /// ConvNeXT's own resize: below 384 a square of the size is cut out of a larger image, above the
  /// image is made square.
  private mutating func cropAsConvNext(_ keys: ProcessorConfigKeys) throws(ImageError) {
    guard let size else { return }
    guard case .shortestEdge(let edge) = size, centerCrop == nil else {
      throw ImageError(
        .unsupported("ConvNeXT's processor with another size than {shortest_edge}, or a crop"))
    }
    guard edge < 384 else {
      self.size = .exact(height: edge, width: edge)
      return
    }
    let larger = Double(edge) / (try keys.positive("crop_pct", default: 224.0 / 256))
    guard larger < Double(Self.sideLimit + 1), larger >= 1 else {
      throw ImageError(.malformed("\"crop_pct\" makes of \(edge) pixels \(larger)"))
    }
    self.size = .shortestEdge(Int(larger))
    centerCrop = Crop(height: edge, width: edge)
  }
}
