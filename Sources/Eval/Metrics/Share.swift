import Bench

/// How many of some images are something, and what that says of all such images.
public struct Share: Codable, Sendable, Equatable {
  /// Those that are.
  public let count: Int
  /// Of so many.
  public let total: Int
  /// The one over the other.
  public let fraction: Double
  /// Wilson's 95 % interval of the fraction.
  public let interval: ConfidenceInterval

  enum CodingKeys: String, CodingKey {
    case count, fraction, interval
    case total = "of"
  }

  /// `count` of `total`; nil of none.
  public init?(_ count: Int, of total: Int) {
    guard total > 0 else { return nil }
    self.count = count
    self.total = total
    fraction = Double(count) / Double(total)
    interval = .wilson(successes: count, trials: total)
  }
}
