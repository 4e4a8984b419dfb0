/// How well probabilities say how often answers are right: the expected calibration error of Guo,
/// Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
///
/// Answers are sorted into 15 intervals of equal width by their probability, m of them into
/// ((m - 1) / 15, m / 15]; the error is the mean over all answers of how far the share of right ones of
/// their interval lies from its mean probability.
public struct Calibration: Codable, Sendable, Equatable {
  /// Answers of about one probability.
  public struct Bin: Codable, Sendable, Equatable {
    /// Their number.
    public var images: Int
    /// Mean of their probabilities; 0 without answers.
    public var confidence: Double
    /// Share of right ones; 0 without answers.
    public var accuracy: Double
  }

  /// The 15 intervals, from 0 to 1.
  public let bins: [Bin]
  /// The error, in 0...1.
  public let error: Double

  /// Number of intervals.
  static let binCount = 15

  enum CodingKeys: String, CodingKey {
    case bins
    case error = "expected_error"
  }

  /// The calibration of answers with these probabilities; nil without answers, or where a probability
  /// is not in 0...1.
  public init?(_ answers: [(confidence: Double, isRight: Bool)]) {
    guard !answers.isEmpty, answers.allSatisfy({ (0...1).contains($0.confidence) }) else {
      return nil
    }
    var sums = Array(repeating: (images: 0, confidence: 0.0, right: 0), count: Self.binCount)
    for (confidence, isRight) in answers {
      let place = (confidence * Double(Self.binCount)).rounded(.up) - 1
      let bin = min(Self.binCount - 1, max(0, Int(place)))
      sums[bin].images += 1
      sums[bin].confidence += confidence
      sums[bin].right += isRight ? 1 : 0
    }
    bins = sums.map { images, confidence, right in
      let count = Double(max(1, images))
      return Bin(images: images, confidence: confidence / count, accuracy: Double(right) / count)
    }
    error = bins.reduce(0) { sum, bin in
      sum + Double(bin.images) / Double(answers.count) * abs(bin.accuracy - bin.confidence)
    }
  }
}
