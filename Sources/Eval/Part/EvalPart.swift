import Bench

/// What a shard found out, image by image; the whole, where there is one shard.
public struct EvalPart: Sendable, Equatable {
  /// Name and version of the layout of its file.
  public static let schema = "vitq.eval-part/1"

  /// Which part of the images.
  public let shard: Shard
  /// What was evaluated.
  public let record: EvalRecord
  /// Where it was run.
  public let machine: Machine
  /// The model.
  public let model: ModelSummary
  /// Names of the classes.
  public let labels: [String]
  /// Time from the first image to the last.
  public let seconds: Double
  /// The images, in order.
  public let rows: [EvalRow]
}

extension EvalPart {
  /// All images of one evaluation, put together of `parts`, with the names of their files.
  ///
  /// Machine and names are those of the first part, seconds the sum of all.
  ///
  /// - Throws: ``BenchError`` where a part is missing, doubled, or of another evaluation.
  public static func merge(_ parts: [(part: EvalPart, file: String)]) throws(BenchError) -> EvalPart
  {
    try Shard.check(parts.map { ($0.part.shard, $0.file) })
    let sorted = parts.sorted { $0.part.shard.index < $1.part.shard.index }
    let first = sorted[0]
    for (part, file) in sorted.dropFirst() {
      if let difference = part.record.difference(from: first.part.record) {
        throw .invalid("\(file): is \(difference) than \(first.file)")
      }
    }
    let rows = sorted.flatMap(\.part.rows)
    guard rows.count == first.part.record.images.count,
      rows.enumerated().allSatisfy({ $0.offset == $0.element.index })
    else {
      throw .invalid("\(first.file): the parts do not have each image once")
    }
    return EvalPart(
      shard: .whole, record: first.part.record, machine: first.part.machine,
      model: first.part.model, labels: first.part.labels,
      seconds: sorted.reduce(0) { $0 + $1.part.seconds }, rows: rows)
  }
}
