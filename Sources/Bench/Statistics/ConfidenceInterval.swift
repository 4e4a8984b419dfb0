/// A range that covers the true value in a share ``level`` of all samples.
public struct ConfidenceInterval: Codable, Sendable, Equatable {
  /// The lower end.
  public var lower: Double
  /// The upper end.
  public var upper: Double
  /// The share of samples, 0.95 for everything here.
  public var level = 0.95
}

/// Quantiles of the standard normal distribution.
enum Normal {
  /// Above which 2.5 % lie.
  static let upper025 = 1.959963984540054
  /// Above which 20 % lie.
  static let upper200 = 0.8416212335729143
}

extension ConfidenceInterval {
  /// The 95 % score interval of a fraction of which `successes` of `trials` were seen: Wilson,
  /// Journal of the American Statistical Association 22, 209-212 (1927). It stays within 0...1 and
  /// says something of 0 and of all, where the textbook's interval has no width.
  ///
  /// - Precondition: `successes` lies in 0...`trials`, and `trials` is not 0.
  public static func wilson(successes: Int, trials: Int) -> ConfidenceInterval {
    precondition(trials > 0 && (0...trials).contains(successes))
    let count = Double(trials)
    let share = Double(successes) / count
    let square = Normal.upper025 * Normal.upper025
    let centre = share + square / (2 * count)
    let spread =
      Normal.upper025
      * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
    let scale = 1 + square / count
    return ConfidenceInterval(
      lower: successes == 0 ? 0 : (centre - spread) / scale,
      upper: successes == trials ? 1 : (centre + spread) / scale)
  }
}
