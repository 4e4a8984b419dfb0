import Foundation

/// What a model says of an image: the best of its classes, the best first.
public struct Answer: Codable, Sendable, Equatable {
  /// Classes kept of an evaluation.
  public static let kept = 5

  /// Ids of the classes; empty where no score is a number.
  public let classes: [Int]
  /// The probability of each: softmax over all scores, in fp64. Not finite where a score is not.
  public let probabilities: [Double]

  /// The `top` best classes of `scores`; of equal scores the class of the lower id comes first.
  public init(scores: [Float], top: Int = Self.kept) {
    let numbers = scores.indices.filter { !scores[$0].isNaN }
    let best = numbers.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(top)
    let greatest = best.first.map { Double(scores[$0]) } ?? 0
    let sum = scores.reduce(0) { $0 + exp(Double($1) - greatest) }
    classes = Array(best)
    probabilities = best.map { exp(Double(scores[$0]) - greatest) / sum }
  }

  /// Id of the best class; nil where no score is a number.
  public var predicted: Int? { classes.first }

  /// Probability of the best class.
  public var confidence: Double? { probabilities.first }

  enum CodingKeys: String, CodingKey {
    case classes = "top"
    case probabilities = "p"
  }
}
