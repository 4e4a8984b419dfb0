import Foundation
import ReportPage

/// How predictions are written.
public enum PredictionFormat: String, Sendable, CaseIterable {
  /// Comma separated values, a row for each image.
  case csv
  /// A JSON object in each line.
  case jsonl
}

extension EvalPart {
  /// What each model says of each image, in the images' order; of one that was passed over, why.
  ///
  /// Probabilities are rounded to fp32. The CSV has an image's best five classes as `id:probability`.
  ///
  /// - Throws: `EncodingError`.
  public func predictions(as format: PredictionFormat) throws -> String {
    switch format {
    case .csv: csvPredictions
    case .jsonl: try jsonPredictions()
    }
  }

  private var csvPredictions: String {
    let sides = record.models.count > 1 ? ["", "other_"] : [""]
    let header =
      ["index", "path", "label"]
      + sides.flatMap { ["\($0)predicted", "\($0)probability", "\($0)top_5"] } + ["fault"]
    return CSV.text(
      header: header,
      rows: rows.map { row in
        let answers = [row.baseline, row.candidate].prefix(sides.count).flatMap(cells)
        return ["\(row.index)", row.name, row.label.map { labels[$0] } ?? ""] + answers
          + [row.fault ?? ""]
      })
  }

  private func cells(_ answer: Answer?) -> [String] {
    guard let answer else { return ["", "", ""] }
    let top = zip(answer.classes, answer.probabilities).map { "\($0):\(Float($1))" }
    return [
      answer.predicted.map { labels[$0] } ?? "",
      answer.confidence.map { "\(Float($0))" } ?? "", top.joined(separator: " "),
    ]
  }

  private func jsonPredictions() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try rows.map { row in
      let prediction = Prediction(
        index: row.index, path: row.name, label: row.label.map { labels[$0] }, labelID: row.label,
        model: row.baseline.map { Prediction.Side($0, labels) },
        other: row.candidate.map { Prediction.Side($0, labels) }, fault: row.fault)
      return String(decoding: try encoder.encode(prediction), as: UTF8.self) + "\n"
    }.joined()
  }
}

/// A line of predictions.
private struct Prediction: Encodable {
  let index: Int
  let path: String
  let label: String?
  let labelID: Int?
  let model: Side?
  let other: Side?
  let fault: String?

  struct Side: Encodable {
    let predicted: String?
    let probability: Float?
    let top5: [NamedClass]

    enum CodingKeys: String, CodingKey {
      case predicted, probability
      case top5 = "top_5"
    }

    init(_ answer: Answer, _ labels: [String]) {
      top5 = answer.named(labels)
      predicted = top5.first?.label
      probability = top5.first?.probability
    }
  }

  enum CodingKeys: String, CodingKey {
    case index, path, label, model, other, fault
    case labelID = "label_id"
  }
}

/// A class that a model names for an image.
public struct NamedClass: Codable, Sendable, Equatable {
  /// Its id.
  public let id: Int
  /// Its name.
  public let label: String
  /// Its probability, rounded to fp32; nil where that is not a number.
  public let probability: Float?
}

extension Answer {
  /// The classes with their names.
  public func named(_ labels: [String]) -> [NamedClass] {
    zip(classes, probabilities).map { id, probability in
      NamedClass(
        id: id, label: id < labels.count ? labels[id] : "\(id)",
        probability: probability.isFinite ? Float(probability) : nil)
    }
  }
}
