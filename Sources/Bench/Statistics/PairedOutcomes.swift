import Foundation

/// The answers of two classifiers to the same images, counted by who was right.
public struct PairedOutcomes: Codable, Sendable, Equatable {
  /// Images that both label correctly.
  public var bothRight: Int
  /// Images that only the candidate labels correctly: wrong before, right after.
  public var fixed: Int
  /// Images that only the baseline labels correctly: right before, wrong after.
  public var broken: Int
  /// Images that neither labels correctly, whether with the same answer or not.
  public var bothWrong: Int

  enum CodingKeys: String, CodingKey {
    case fixed, broken
    case bothRight = "both_right"
    case bothWrong = "both_wrong"
  }

  /// Outcomes with these counts, none of which may be negative.
  public init(bothRight: Int, fixed: Int, broken: Int, bothWrong: Int) {
    self.bothRight = bothRight
    self.fixed = fixed
    self.broken = broken
    self.bothWrong = bothWrong
  }

  /// Counts the answers of `baseline` and `candidate` against `labels`.
  ///
  /// - Precondition: The three are equally long.
  public init(labels: [Int], baseline: [Int], candidate: [Int]) {
    precondition(baseline.count == labels.count && candidate.count == labels.count)
    self.init(bothRight: 0, fixed: 0, broken: 0, bothWrong: 0)
    for (label, (before, after)) in zip(labels, zip(baseline, candidate)) {
      switch (before == label, after == label) {
      case (true, true): bothRight += 1
      case (false, true): fixed += 1
      case (true, false): broken += 1
      case (false, false): bothWrong += 1
      }
    }
  }

  /// All images.
  public var images: Int { bothRight + fixed + broken + bothWrong }

  /// Images that one labels correctly and the other does not.
  public var discordant: Int { fixed + broken }

  /// Accuracy of the candidate less that of the baseline, a fraction; 0 without images.
  public var difference: Double {
    images == 0 ? 0 : Double(fixed - broken) / Double(images)
  }
}

extension PairedOutcomes {
  /// Two-sided p of McNemar's exact test: how likely an unevenness of ``fixed`` and ``broken`` as
  /// great as this one is where each discordant image is as likely one as the other.
  ///
  /// min(1, 2 P(X <= min(fixed, broken))), X binomial with ``discordant`` trials of 1/2; 1 where
  /// there are none. The exact conditional test of Fagerland, Lydersen and Laake, "The McNemar test
  /// for binary matched-pairs data", BMC Medical Research Methodology 13:91 (2013); the test itself
  /// is of McNemar, Psychometrika 12, 153-157 (1947). Below the least Double, some 1,070 images all
  /// broken, it is 0; ``logExactP`` still tells by how much.
  public var exactP: Double { exp(logExactP) }

  /// The natural logarithm of ``exactP``, finite for any counts.
  public var logExactP: Double {
    let least = min(fixed, broken)
    if 2 * least >= discordant - 1 { return 0 }  // The lower tail is half of everything, or more.
    // The greatest term's logarithm; the others over it, from the greatest to the least.
    var logTerm = -Double(discordant) * M_LN2
    for index in 0..<least { logTerm += log(Double(discordant - index) / Double(index + 1)) }
    var term = 1.0
    var sum = 1.0
    for index in stride(from: least, to: 0, by: -1) where term > 0 {
      term *= Double(index) / Double(discordant - index + 1)
      sum += term
    }
    return min(0, M_LN2 + logTerm + log(sum))
  }
}
