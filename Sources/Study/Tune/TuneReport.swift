import Bench
import Quant

/// What a search for the fastest mixture found.
public struct TuneReport: Codable, Sendable, Equatable {
  /// Name and version of this layout.
  public static let schema = "vitq.tune/1"

  /// ``schema``, or that of the program that wrote the report.
  public var schema = Self.schema
  /// Where it was measured.
  public var machine: Machine
  /// The model before quantization.
  public var model: ModelSummary
  /// Accuracy that may be lost, a fraction; without labels the share of answers that may change.
  public var maxDrop: Double
  /// Number of images.
  public var images: Int
  /// Fraction of the images that the fp32 model labels correctly; nil without labels.
  public var accuracy: Double?
  /// What can be quantized by itself, the most useful first; then what would cost time.
  public var moves: [Move]
  /// The mixtures that were run, in the order of the search; the first is fp32.
  public var candidates: [Candidate]
  /// Index of the fastest mixture within the budget; 0 where that is fp32.
  public var winner: Int

  enum CodingKeys: String, CodingKey {
    case schema, machine, model, images, accuracy, moves, candidates, winner
    case maxDrop = "max_drop"
  }

  /// True where every mixture and move that the report refers to is in it; a file may say anything.
  public var isConsistent: Bool {
    candidates.indices.contains(winner)
      && candidates.flatMap(\.moves).allSatisfy(moves.indices.contains)
  }

  /// Nodes that are quantized together, since they share a quantized input.
  public struct Move: Codable, Sendable, Equatable {
    /// Their names.
    public var nodes: [String]
    /// The form in which they were found to be most useful.
    public var form: NodeForm
    /// Noise over signal of the logits, as energies, where only they are quantized.
    public var damage: Double
    /// Microseconds that quantizing only them saves; negative where it costs time.
    public var saved: Double

    /// True where quantizing them saves time.
    public var isUseful: Bool { saved > 0 }

    enum CodingKeys: String, CodingKey {
      case nodes, form, damage
      case saved = "saved_us"
    }
  }

  /// A mixture of fp32 and int8 nodes.
  public struct Candidate: Codable, Sendable, Equatable {
    /// Indices of the moves that it makes.
    public var moves: [Int]
    /// Number of quantized nodes.
    public var nodes: Int
    /// Its logits against the fp32 model's.
    public var logits: LogitError
    /// Its answers against the fp32 model's; nil without labels.
    public var accuracy: PairedComparison?
    /// Median latency of the fp32 model in ms, measured by turns with it.
    public var baseline: Double
    /// Its own median latency in ms, for one image.
    public var latency: Double
    /// Bytes of constants that it saves.
    public var savedBytes: Int
    /// True where it loses no more than may be lost.
    public var isWithinBudget: Bool
    /// True where none is both as fast and as near to fp32.
    public var isOnFront = false

    /// How many times as fast as fp32 it is.
    public var speedup: Double { baseline / latency }

    /// Accuracy that it loses, a fraction; without labels the share of changed answers.
    public var drop: Double {
      accuracy.map { $0.difference == 0 ? 0 : -$0.difference } ?? Double(logits.changed)
        / Double(max(1, logits.images))
    }

    enum CodingKeys: String, CodingKey {
      case moves, nodes, logits, accuracy
      case baseline = "fp32_ms"
      case latency = "latency_ms"
      case savedBytes = "saved_bytes"
      case isWithinBudget = "within_budget"
      case isOnFront = "on_front"
    }
  }
}
