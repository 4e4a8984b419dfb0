/// How often a model's answer is an image's label, before and after quantization.
public struct Accuracy: Codable, Sendable, Equatable {
  /// Fraction of the images that the fp32 model labels correctly.
  public var original: Double
  /// Fraction of the images that the quantized model labels correctly.
  public var optimized: Double
  /// Images.
  public var samples: Int
  /// Images whose answer differs between the two.
  public var changed: Int
  /// Who was right about how many images, and what that says; nil in reports of older versions.
  public var paired: PairedComparison?
  /// How far the scores moved; nil in reports of older versions.
  public var logits: LogitError?
}

extension Accuracy {
  /// The accuracy of two lists of answers for the same images, whose scores differ by `logits`.
  ///
  /// - Precondition: The lists are as long as `labels`, which is not empty.
  public init(labels: [Int], original: [Int], optimized: [Int], logits: LogitError? = nil) {
    precondition(
      !labels.isEmpty && original.count == labels.count && optimized.count == labels.count)
    samples = labels.count
    self.original = Self.fraction(original, labels)
    self.optimized = Self.fraction(optimized, labels)
    changed = zip(original, optimized).count { $0 != $1 }
    paired = PairedComparison(
      PairedOutcomes(labels: labels, baseline: original, candidate: optimized))
    self.logits = logits
  }

  private static func fraction(_ answers: [Int], _ labels: [Int]) -> Double {
    Double(zip(answers, labels).count { $0 == $1 }) / Double(labels.count)
  }
}

/// The index of the greatest of `scores`, the first of equals; NaN is never the greatest.
///
/// Nil where there is no score that is a number.
package func argmax(_ scores: [Float]) -> Int? {
  var best: Int?
  for (index, score) in scores.enumerated() where !score.isNaN {
    if let current = best, scores[current] >= score { continue }
    best = index
  }
  return best
}
