/// The sizes of a Vision Transformer for image classification.
public struct Architecture: Sendable, Equatable {
  /// The name on the Hugging Face Hub, without the owner, such as `vit-base-patch16-224`.
  public let name: String
  /// Width of the tokens.
  public let hiddenSize: Int
  /// Number of encoder layers.
  public let layerCount: Int
  /// Attention heads of each layer; a divisor of ``hiddenSize``.
  public let headCount: Int
  /// Width between the two linear layers of the MLP.
  public let intermediateSize: Int
  /// Height and width of the image in pixels.
  public let imageSize: Int
  /// Height and width of a patch in pixels; a divisor of ``imageSize``.
  public let patchSize: Int

  /// Colour channels of the image.
  public static let channelCount = 3

  /// An architecture of the given sizes.
  ///
  /// - Precondition: All sizes are positive, `headCount` divides `hiddenSize` and `patchSize` divides
  ///   `imageSize`.
  public init(
    name: String, hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int,
    imageSize: Int, patchSize: Int
  ) {
    precondition(layerCount > 0 && hiddenSize > 0 && intermediateSize > 0)
    precondition(headCount > 0 && hiddenSize.isMultiple(of: headCount))
    precondition(patchSize > 0 && imageSize > 0 && imageSize.isMultiple(of: patchSize))
    self.name = name
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    self.imageSize = imageSize
    self.patchSize = patchSize
  }

  /// ViT-Tiny/16 at 224 pixels: 5.7 M parameters with 1,000 labels.
  public static let vitTiny = vit("tiny", hiddenSize: 192, layerCount: 12, headCount: 3)
  /// ViT-Small/16 at 224 pixels: 22 M parameters.
  public static let vitSmall = vit("small", hiddenSize: 384, layerCount: 12, headCount: 6)
  /// ViT-Base/16 at 224 pixels: 87 M parameters.
  public static let vitBase = vit("base", hiddenSize: 768, layerCount: 12, headCount: 12)
  /// ViT-Large/16 at 224 pixels: 304 M parameters.
  public static let vitLarge = vit("large", hiddenSize: 1024, layerCount: 24, headCount: 16)

  /// The architectures that have a name, smallest first.
  public static let all: [Architecture] = [vitTiny, vitSmall, vitBase, vitLarge]

  /// The architecture called `name`: the whole name or the size alone, such as `base`; nil where
  /// there is none.
  public static func named(_ name: String) -> Architecture? {
    all.first { $0.name == name || $0.name == "vit-\(name)-patch16-224" }
  }

  /// Tokens of one image: the patches and the class token.
  public var tokenCount: Int {
    let side = imageSize / patchSize
    return side * side + 1
  }

  private static func vit(
    _ size: String, hiddenSize: Int, layerCount: Int, headCount: Int
  ) -> Architecture {
    Architecture(
      name: "vit-\(size)-patch16-224", hiddenSize: hiddenSize, layerCount: layerCount,
      headCount: headCount, intermediateSize: 4 * hiddenSize, imageSize: 224, patchSize: 16)
  }
}
