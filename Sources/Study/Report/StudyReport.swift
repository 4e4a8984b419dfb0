import Bench
import Quant

/// Everything that a study found out, as `report.json` has it.
public struct StudyReport: Codable, Sendable, Equatable {
  /// Name and version of this layout.
  public static let schema = "vitq.study/1"

  /// ``schema``, or that of the program that wrote the report.
  public var schema = Self.schema
  /// Where it was measured.
  public var machine: Machine
  /// The model before quantization.
  public var model: ModelSummary
  /// What was studied.
  public var record: StudyRecord
  /// Fraction of the images that the fp32 model labels correctly; nil without labels.
  public var accuracy: Double?
  /// Names of all nodes that can be quantized, in the model's order.
  public var nodes: [String]
  /// Everything that was run: the fp32 model first, then the reference with all its nodes quantized.
  public var variants: [VariantReport]
  /// What was quantized by itself and left out by itself.
  public var subjects: [SubjectReport]
  /// Each node's own error; empty where it was not measured.
  public var local: [LocalReport]
  /// The combinations of the groups; nil where they were not run.
  public var factorial: FactorialReport?
  /// The reference with one scale to a tensor, and with one to a channel: indices of variants.
  public var granularity: Granularity
  /// The reference with each range of activations.
  public var ranges: [RangeReport]

  /// Indices of two variants.
  public struct Granularity: Codable, Sendable, Equatable {
    /// One scale to a tensor.
    public var perTensor: Int
    /// One scale to a column of a weight.
    public var perChannel: Int

    enum CodingKeys: String, CodingKey {
      case perTensor = "per_tensor"
      case perChannel = "per_channel"
    }
  }
}

/// What one range of activations did.
public struct RangeReport: Codable, Sendable, Equatable {
  /// Which values of an activation share a scale.
  public var range: ActivationRange
  /// Index of the variant.
  public var variant: Int
  /// What an image's neighbours in a batch do to it; nil where that was not measured.
  public var batch: BatchEffect?
}

/// How far an image's logits in a batch lie from those that it has alone.
public struct BatchEffect: Codable, Sendable, Equatable {
  /// Images in a batch.
  public var batchSize: Int
  /// Logits in a batch against those alone, over all whole batches.
  public var logits: LogitError

  enum CodingKeys: String, CodingKey {
    case logits
    case batchSize = "batch_size"
  }
}

/// What one variant did.
public struct VariantReport: Codable, Sendable, Equatable {
  /// What is quantized in it: indices into ``StudyReport/nodes``.
  public var nodes: [Int]
  /// How it is quantized.
  public var form: NodeForm
  /// Its logits against the fp32 model's.
  public var logits: LogitError
  /// Its answers against the fp32 model's; nil without labels.
  public var accuracy: PairedComparison?
  /// Its answers against those of all of the reference quantized; nil without labels.
  public var accuracyAgainstAll: PairedComparison?
  /// Bytes of constants that it saves.
  public var savedBytes: Int
  /// The variant that ``timing`` compares with: 0, the fp32 model, or 1, all of the reference.
  public var timedAgainst: Int
  /// The steps in which it differs from that one, timed; nil where they were not.
  public var timing: RegionTiming?
  /// File of its logits within the study's folder: float32 [images, classes].
  public var logitsFile: String

  enum CodingKeys: String, CodingKey {
    case nodes, form, logits, accuracy, timing
    case accuracyAgainstAll = "accuracy_against_all"
    case savedBytes = "saved_bytes"
    case timedAgainst = "timed_against"
    case logitsFile = "logits_file"
  }
}

/// The variants of one subject.
public struct SubjectReport: Codable, Sendable, Equatable {
  /// A node, role, layer or group.
  public var subject: Subject
  /// Index of the variant that quantizes only it.
  public var oneIn: Int
  /// Index of the variant that quantizes all of the reference but it; nil where the reference leaves
  /// it in fp32.
  public var oneOut: Int?

  enum CodingKeys: String, CodingKey {
    case subject
    case oneIn = "one_in"
    case oneOut = "one_out"
  }
}

/// All combinations of groups, and what each group does by itself and with another.
public struct FactorialReport: Codable, Sendable, Equatable {
  /// A factor: a group that is quantized with the rest, or not.
  public struct Factor: Codable, Sendable, Equatable {
    /// The group.
    public var group: NodeGroup
    /// Its nodes that the reference quantizes; with 0 the factor does nothing.
    public var count: Int
  }

  /// The effect of one factor, or the interaction of two.
  public struct Effect: Codable, Sendable, Equatable {
    /// One group or two.
    public var groups: [NodeGroup]
    /// On ``LogitError/sqnr`` in dB; nil where one of the runs has none.
    public var sqnr: Double?
    /// On ``LogitError/meanDivergence`` in nats; nil where one of the runs has none.
    public var divergence: Double?
    /// On the accuracy, a fraction; nil without labels.
    public var accuracy: Double?
  }

  /// The factors.
  public var factors: [Factor]
  /// Index of the variant of each combination: bit i of its position says that factor i is quantized.
  public var runs: [Int]
  /// Main effects, then interactions of two.
  public var effects: [Effect]
}
