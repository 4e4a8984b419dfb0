import Bench
import Foundation

extension EvalPart {
  /// What the file of a part is called.
  public var fileName: String { "eval-\(shard.index)-of-\(shard.count).jsonl" }

  /// The first line of a file: all but the rows.
  private struct Head: Codable {
    var schema = EvalPart.schema
    let shard: Shard
    let record: EvalRecord
    let machine: Machine
    let model: ModelSummary
    let labels: [String]
    let seconds: Double
    let rows: Int
  }

  /// The part in JSON Lines: what was evaluated, then a line for each image.
  ///
  /// - Throws: `EncodingError`.
  public func encoded() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let head = Head(
      shard: shard, record: record, machine: machine, model: model, labels: labels,
      seconds: seconds, rows: rows.count)
    let lines = try [encoder.encode(head)] + rows.map { try encoder.encode($0) }
    return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
  }

  /// Reads what ``encoded()`` gave, from `data` of `file`.
  ///
  /// - Throws: ``BenchError`` naming the file, and the line where one is malformed.
  public init(decoding data: Data, file: String) throws(BenchError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let lines = data.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, let head = try? decoder.decode(Head.self, from: first),
      head.seconds.isFinite, head.seconds >= 0
    else {
      throw .unreadable(file: file, why: "its first line is not that of a part of an evaluation")
    }
    guard head.schema == Self.schema else {
      throw .unreadable(file: file, why: "its schema is \(head.schema), not \(Self.schema)")
    }
    guard head.rows == lines.count - 1 else {
      throw .unreadable(
        file: file, why: "has \(lines.count - 1) lines of images and should have \(head.rows)")
    }
    var rows: [EvalRow] = []
    for (index, line) in lines.dropFirst().enumerated() {
      guard let row = try? decoder.decode(EvalRow.self, from: line),
        row.isConsistent(classes: head.labels.count, models: head.record.models.count)
      else {
        throw .unreadable(file: file, why: "line \(index + 2) does not describe an image")
      }
      rows.append(row)
    }
    self.init(
      shard: head.shard, record: head.record, machine: head.machine, model: head.model,
      labels: head.labels, seconds: head.seconds, rows: rows)
  }
}

extension EvalRow {
  /// True where the row has what it should, of classes that there are; a file may say anything.
  fileprivate func isConsistent(classes: Int, models: Int) -> Bool {
    let answers = [baseline, candidate].compactMap { $0 }
    let ids = answers.flatMap(\.classes) + [label].compactMap { $0 }
    return ids.allSatisfy((0..<classes).contains)
      && answers.allSatisfy { $0.classes.count == $0.probabilities.count }
      && answers.count == (fault == nil ? models : 0)
      && (logits != nil) == (answers.count == 2)
  }
}
