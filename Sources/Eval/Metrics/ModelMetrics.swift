import Bench

/// How good a model's answers to labelled images are.
public struct ModelMetrics: Codable, Sendable, Equatable {
  /// Images whose best class is their label.
  public let top1: Share
  /// Images whose label is among the best five classes; nil of a model with five classes or fewer.
  public let top5: Share?
  /// How well probabilities say how often answers are right; nil where they are not numbers.
  public let calibration: Calibration?
  /// Every class, by id.
  public let classes: [ClassMetrics]
  /// How often images of a class were taken for another or for their own, where that happened.
  public let confusion: [Confusion]

  /// One class.
  public struct ClassMetrics: Codable, Sendable, Equatable {
    /// Images of the class that are answered with it; nil where there are no images of the class.
    public let recall: Share?
    /// Answers of the class that are right; nil where there are none.
    public let precision: Share?
  }

  /// Images of one class with one answer.
  public struct Confusion: Codable, Sendable, Equatable {
    /// Id of their class.
    public let label: Int
    /// Id of the answer; nil where no score is a number.
    public let answer: Int?
    /// Their number.
    public let images: Int
  }

  enum CodingKeys: String, CodingKey {
    case calibration, classes, confusion
    case top1 = "top_1"
    case top5 = "top_5"
  }

  /// The figures for `answers` of a model with `classCount` classes; nil without answers.
  public init?(_ answers: [(label: Int, answer: Answer)], classCount: Int) {
    let right = answers.count { $0.answer.predicted == $0.label }
    guard let top1 = Share(right, of: answers.count) else { return nil }
    self.top1 = top1
    top5 =
      classCount > Answer.kept
      ? Share(answers.count { $0.answer.classes.contains($0.label) }, of: answers.count) : nil
    let confidences = answers.compactMap { label, answer in
      answer.confidence.map { (confidence: $0, isRight: answer.predicted == label) }
    }
    calibration = confidences.count == answers.count ? Calibration(confidences) : nil
    var images = Array(repeating: 0, count: classCount)
    var answered = images
    var correct = images
    var counts: [Pair: Int] = [:]
    for (label, answer) in answers {
      images[label] += 1
      counts[Pair(label: label, answer: answer.predicted), default: 0] += 1
      guard let predicted = answer.predicted else { continue }
      answered[predicted] += 1
      if predicted == label { correct[label] += 1 }
    }
    classes = (0..<classCount).map {
      ClassMetrics(
        recall: Share(correct[$0], of: images[$0]), precision: Share(correct[$0], of: answered[$0]))
    }
    confusion = counts.map { Confusion(label: $0.label, answer: $0.answer, images: $1) }
      .sorted { ($0.label, $0.answer ?? -1) < ($1.label, $1.answer ?? -1) }
  }

  private struct Pair: Hashable {
    let label: Int
    let answer: Int?
  }
}
