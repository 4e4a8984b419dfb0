import Foundation

/// What a number of images could have shown, whatever they did show.
public enum DetectableDrop {
  /// The smallest drop in accuracy, a fraction, that McNemar's test at 0.05, two-sided, finds in
  /// `images` images with a power of 0.8, where a share `discordantShare` of them is discordant.
  ///
  /// Connor, "Sample size for testing differences in proportions for the paired-sample design",
  /// Biometrics 43, 207-211 (1987), needs for a drop d and a discordant share s
  ///
  ///     n = (1.960 sqrt(s) + 0.842 sqrt(s - d^2))^2 / d^2
  ///
  /// images; this is the d that makes it `images`, found by bisection. A drop can't be greater than
  /// the share of discordant images. So where it would have to be, or where no image is discordant,
  /// s is d: every discordant image is a broken one.
  ///
  /// The formula is that of the test's normal approximation. The exact test finds a drop of this
  /// size a little less often where few images are discordant, and never with fewer than six.
  ///
  /// - Parameter discordantShare: In 0...1.
  /// - Returns: Nil below six images, which can't show anything at 0.05: 2 / 2^5 is more.
  public static func smallest(images: Int, discordantShare: Double) -> Double? {
    guard images >= 6 else { return nil }
    var lower = 0.0
    var upper = 1.0
    while true {
      let drop = (lower + upper) / 2
      if drop <= lower || drop >= upper { return upper }
      if required(drop: drop, discordantShare: discordantShare) > Double(images) {
        lower = drop
      } else {
        upper = drop
      }
    }
  }

  /// Images that Connor's formula needs; falls as `drop` grows.
  private static func required(drop: Double, discordantShare: Double) -> Double {
    let share = max(discordantShare, drop)
    let root =
      Normal.upper025 * share.squareRoot()
      + Normal.upper200 * max(0, share - drop * drop).squareRoot()
    return root * root / (drop * drop)
  }

  /// The upper 95 % limit of the share of discordant images where none among `images` was:
  /// 1 - 0.05^(1/n), which is close to 3/n (the rule of three; Hanley and Lippman-Hand, "If nothing
  /// goes wrong, is everything all right?", JAMA 249, 1743-1745, 1983). No drop can be greater than
  /// that share.
  ///
  /// - Precondition: There is an image.
  public static func limitWithoutDiscordance(images: Int) -> Double {
    precondition(images > 0)
    return -expm1(log(0.05) / Double(images))
  }
}
