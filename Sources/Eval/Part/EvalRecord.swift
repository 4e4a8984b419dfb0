import Bench
import Imaging

/// What is evaluated and how: parts that agree in it belong together.
public struct EvalRecord: Codable, Sendable, Equatable {
  /// A model.
  public struct Model: Codable, Sendable, Equatable {
    /// What reports call it.
    public var name: String
    /// SHA-256 of its file, or of the file that would be written of a quantized one.
    public var digest: ContentDigest
    /// Bytes of that file.
    public var bytes: Int
    /// How images become its pixels.
    public var preprocessing: ProcessorConfig

    enum CodingKeys: String, CodingKey {
      case name, bytes, preprocessing
      case digest = "sha256"
    }
  }

  /// The images.
  public struct Images: Codable, Sendable, Equatable {
    /// Folder or file.
    public var path: String
    /// Digest of names, labels and sizes of the files, or contents of an array.
    public var listing: ContentDigest
    /// How many there are, those that can't be used among them.
    public var count: Int
    /// Whether they have labels.
    public var isLabelled: Bool
    /// Whether their names say which.
    public var isNamedByLabel: Bool
    /// How they were drawn; nil where all are there.
    public var sample: ImageSample?
    /// Whether they are turned upright as their EXIF data say.
    public var appliesOrientation: Bool

    enum CodingKeys: String, CodingKey {
      case path, count, sample
      case appliesOrientation = "exif_transpose"
      case listing = "listing_sha256"
      case isLabelled = "labelled"
      case isNamedByLabel = "named_by_label"
    }
  }

  /// The model, and the one that it is compared with where there is one.
  public var models: [Model]
  /// The images.
  public var images: Images
  /// Whether images that can't be used are passed over.
  public var skipsBad: Bool
  /// Images in a batch.
  public var batchSize: Int
  /// How much the engine rewrites the graph: `none`, `basic`, `all`.
  public var optimizationLevel: String
  /// Instruction set and library, which the last bits of scores depend on.
  public var arithmetic: String

  enum CodingKeys: String, CodingKey {
    case models, images, arithmetic
    case skipsBad = "skip_bad"
    case batchSize = "batch_size"
    case optimizationLevel = "optimization_level"
  }

  /// What of `other` is not the same, in words; nil where nothing is. Names and places may differ.
  func difference(from other: EvalRecord) -> String? {
    if models.map(\.digest) != other.models.map(\.digest) { return "of other models" }
    if images.listing != other.images.listing || images.count != other.images.count {
      return "of other images"
    }
    if arithmetic != other.arithmetic {
      return
        "made with other instructions (\(arithmetic) and \(other.arithmetic); VITQ_ISA and "
        + "OPENBLAS_CORETYPE choose them)"
    }
    var same = other
    same.images.path = images.path
    same.models = models
    let preprocessing = models.map(\.preprocessing) == other.models.map(\.preprocessing)
    return same == self && preprocessing ? nil : "made with other options"
  }
}
