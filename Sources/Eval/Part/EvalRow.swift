import Bench
import Imaging

/// What was found out about one image.
public struct EvalRow: Codable, Sendable, Equatable {
  /// Its position among all images.
  public var index: Int
  /// Its name within the set.
  public var name: String
  /// Id of its class; nil where that is not known.
  public var label: Int?
  /// SHA-256 of its bytes; nil where it can't be read.
  public var digest: ContentDigest?
  /// Why it was passed over; nil where it was not.
  public var fault: String?
  /// What the model says of it; nil where it was passed over.
  public var baseline: Answer?
  /// What the other model says of it; nil where there is none.
  public var candidate: Answer?
  /// How far the scores of the two lie apart.
  public var logits: LogitErrorSums?

  enum CodingKeys: String, CodingKey {
    case index, name, label, fault, baseline, candidate, logits
    case digest = "sha256"
  }

  init(index: Int, _ entry: ImageSet.Entry, digest: ContentDigest?) {
    self.index = index
    name = entry.name
    label = entry.label
    self.digest = digest
  }
}
