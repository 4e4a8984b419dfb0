extension PairedOutcomes {
  /// The 95 % percentile interval of ``difference`` by the paired bootstrap (Efron and Tibshirani,
  /// An Introduction to the Bootstrap, chapter 13, 1993): `resamples` times as many images as there
  /// are, drawn with replacement, each with both of its answers.
  ///
  /// A resample's difference depends only on how many of its images are fixed and how many broken,
  /// so these are drawn and not the images: the discordant ones from a binomial distribution of
  /// `discordant / images`, of these the fixed ones from one of `fixed / discordant`. That is the
  /// same multinomial distribution. The ends are the 2.5 and 97.5 percentiles, linear between
  /// neighbours. Where no image is discordant every resample is the same, and both ends are 0.
  ///
  /// - Parameters:
  ///   - resamples: At least 1.
  ///   - seed: Of ``SplitMix64``; the same seed gives the same bits on every machine.
  /// - Precondition: There is an image.
  public func bootstrapInterval(resamples: Int = 10_000, seed: UInt64 = 1) -> ConfidenceInterval {
    precondition(images > 0 && resamples > 0)
    let differences = resampledNetGains(resamples: resamples, seed: seed)
      .sorted().map { Double($0) / Double(images) }
    return ConfidenceInterval(
      lower: quantile(0.025, ofSorted: differences), upper: quantile(0.975, ofSorted: differences))
  }

  /// Fixed less broken images of each resample.
  package func resampledNetGains(resamples: Int, seed: UInt64) -> [Int] {
    var generator = SplitMix64(seed: seed)
    return (0..<resamples).map { _ in
      let changed = generator.binomial(images, discordant, of: images)
      let better = generator.binomial(changed, fixed, of: discordant)
      return 2 * better - changed
    }
  }
}
