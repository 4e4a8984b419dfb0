/// What the answers of two classifiers to the same images say about their accuracies.
public struct PairedComparison: Codable, Sendable, Equatable {
  /// Who was right about how many images.
  public var outcomes: PairedOutcomes
  /// ``PairedOutcomes/exactP``.
  public var mcnemarP: Double
  /// Accuracy of the candidate less that of the baseline, a fraction.
  public var difference: Double
  /// ``PairedOutcomes/bootstrapInterval(resamples:seed:)`` of ``difference``.
  public var differenceInterval: ConfidenceInterval
  /// Wilson's interval of the baseline's accuracy.
  public var originalInterval: ConfidenceInterval
  /// Wilson's interval of the candidate's accuracy.
  public var optimizedInterval: ConfidenceInterval
  /// ``DetectableDrop/smallest(images:discordantShare:)``; nil below six images.
  public var detectableDrop: Double?
  /// ``DetectableDrop/limitWithoutDiscordance(images:)``; nil where an image is discordant.
  public var discordanceLimit: Double?

  enum CodingKeys: String, CodingKey {
    case outcomes, difference
    case mcnemarP = "mcnemar_p"
    case differenceInterval = "difference_interval"
    case originalInterval = "original_interval"
    case optimizedInterval = "optimized_interval"
    case detectableDrop = "detectable_drop"
    case discordanceLimit = "discordance_limit"
  }

  /// The figures for `outcomes`.
  ///
  /// - Precondition: There is an image.
  public init(_ outcomes: PairedOutcomes) {
    let images = outcomes.images
    self.outcomes = outcomes
    mcnemarP = outcomes.exactP
    difference = outcomes.difference
    differenceInterval = outcomes.bootstrapInterval()
    originalInterval = .wilson(successes: outcomes.bothRight + outcomes.broken, trials: images)
    optimizedInterval = .wilson(successes: outcomes.bothRight + outcomes.fixed, trials: images)
    detectableDrop = DetectableDrop.smallest(
      images: images, discordantShare: Double(outcomes.discordant) / Double(images))
    discordanceLimit =
      outcomes.discordant == 0 ? DetectableDrop.limitWithoutDiscordance(images: images) : nil
  }
}
