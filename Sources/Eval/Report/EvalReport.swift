import Bench

/// Everything that an evaluation says, as `report.json` has it.
public struct EvalReport: Codable, Sendable, Equatable {
  /// Name and version of this layout.
  public static let schema = "vitq.eval/1"

  /// ``schema``, or that of the program that wrote the report.
  public var schema = Self.schema
  /// Where it was run; the first part, where there are several.
  public var machine: Machine
  /// The model.
  public var model: ModelSummary
  /// What was evaluated.
  public var record: EvalRecord
  /// SHA-256 of names, contents and labels of all images, see ``ContentDigest``.
  public var imagesDigest: ContentDigest
  /// Names of the classes.
  public var labels: [String]
  /// Images that were evaluated.
  public var images: Int
  /// Images that were passed over.
  public var bad: [BadImage]
  /// How good the model's answers are; nil without labels.
  public var baseline: ModelMetrics?
  /// How good the other model's answers are; nil without labels or another model.
  public var candidate: ModelMetrics?
  /// What the answers of both say of the difference; nil without labels or another model.
  public var paired: PairedComparison?
  /// How far the other model's scores lie from the model's; nil without another model.
  public var logits: LogitError?
  /// How long it took.
  public var time: Time

  /// An image that was passed over.
  public struct BadImage: Codable, Sendable, Equatable {
    /// Its position among all images.
    public var index: Int
    /// Its name.
    public var name: String
    /// What is wrong with it.
    public var fault: String
  }

  /// How long the whole way took, from files to answers.
  public struct Time: Codable, Sendable, Equatable {
    /// Seconds from the first image to the last; the sum of all parts.
    public var seconds: Double
    /// Images over seconds.
    public var imagesPerSecond: Double

    enum CodingKeys: String, CodingKey {
      case seconds
      case imagesPerSecond = "images_per_second"
    }
  }

  enum CodingKeys: String, CodingKey {
    case schema, machine, model, record, labels, images, bad, baseline, candidate, paired, logits
    case time
    case imagesDigest = "images_sha256"
  }
}

extension EvalReport {
  /// What `whole`, all images of an evaluation, says.
  ///
  /// - Throws: ``BenchError`` where it is a part only, or no image could be used.
  public init(_ whole: EvalPart) throws(BenchError) {
    guard whole.shard == .whole else {
      throw .invalid("part \(whole.shard) alone says nothing; merge all parts")
    }
    let rows = whole.rows.filter { $0.fault == nil }
    guard !rows.isEmpty else {
      throw .invalid("\(whole.record.images.path): no image could be used")
    }
    machine = whole.machine
    model = whole.model
    record = whole.record
    imagesDigest = whole.imagesDigest
    labels = whole.labels
    images = rows.count
    bad = whole.rows.compactMap { row in
      row.fault.map { BadImage(index: row.index, name: row.name, fault: $0) }
    }
    let sets = [\EvalRow.baseline, \EvalRow.candidate].map { answer in
      rows.compactMap { row in
        row.label.flatMap { label in row[keyPath: answer].map { (label, $0) } }
      }
    }
    baseline = ModelMetrics(sets[0], classCount: whole.labels.count)
    candidate = ModelMetrics(sets[1], classCount: whole.labels.count)
    paired = candidate == nil ? nil : PairedComparison(whole.outcomes)
    var sums = LogitErrorSums()
    for row in rows { row.logits.map { sums.merge($0) } }
    logits = sums.error
    time = Time(
      seconds: whole.seconds,
      imagesPerSecond: whole.seconds > 0 ? Double(rows.count) / whole.seconds : 0)
  }

  /// True where every class that the report speaks of is there; a file may say anything.
  public var isConsistent: Bool {
    [baseline, candidate].compactMap { $0 }.allSatisfy { metrics in
      metrics.classes.count == labels.count
        && metrics.confusion.allSatisfy { cell in
          labels.indices.contains(cell.label) && cell.answer.map(labels.indices.contains) ?? true
        }
    } && !record.models.isEmpty && (candidate == nil || baseline != nil && record.models.count == 2)
  }
}

extension EvalPart {
  fileprivate var outcomes: PairedOutcomes {
    let labelled = rows.filter { $0.fault == nil && $0.label != nil }
    return PairedOutcomes(
      labels: labelled.compactMap(\.label),
      baseline: labelled.map { $0.baseline?.predicted ?? -1 },
      candidate: labelled.map { $0.candidate?.predicted ?? -1 })
  }

  /// As ``ContentDigest`` has it of an image set, of what was read.
  fileprivate var imagesDigest: ContentDigest {
    ContentDigest(
      lines: rows.map { row in
        let label = record.images.isLabelled ? " = " + (row.label.map(String.init) ?? "?") : ""
        return (
          row.name + (record.images.isNamedByLabel ? "" : label), row.digest?.hex ?? "unreadable"
        )
      })
  }
}
