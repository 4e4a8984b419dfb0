import Bench
import Foundation
import TestSupport
import Testing

struct PairedOutcomesTests {
  private func outcomes(_ fixed: Int, _ broken: Int, of images: Int) -> PairedOutcomes {
    PairedOutcomes(bothRight: images - fixed - broken, fixed: fixed, broken: broken, bothWrong: 0)
  }

  @Test func countsWhoIsRight() {
    let outcomes = PairedOutcomes(
      labels: [0, 1, 2, 3, 4, 5, 6, 7],
      baseline: [0, 1, 2, 3, 4, 5, 0, 0],
      candidate: [0, 1, 2, 0, 0, 0, 6, -1])
    #expect(outcomes == PairedOutcomes(bothRight: 3, fixed: 1, broken: 3, bothWrong: 1))
    #expect(outcomes.images == 8 && outcomes.discordant == 4)
    #expect(outcomes.difference == -0.25)
    #expect(PairedOutcomes(labels: [], baseline: [], candidate: []).difference == 0)
  }

  /// A sum of n terms of 64 bits has a relative error of at most n units in the last place.
  @Test func exactPIsScipys() throws {
    for golden in try StatisticsGoldens.load().mcnemar {
      let outcomes = outcomes(golden.fixed, golden.broken, of: 10_000)
      let tolerance = 1e-15 * Double(10 + golden.fixed + golden.broken)
      #expect(abs(outcomes.logExactP - golden.logP) <= tolerance * (1 + abs(golden.logP)))
      #expect(near(outcomes.exactP, golden.p, within: 1e-9), "\(golden)")
    }
  }

  @Test func exactPIsSymmetricAndFallsWithUnevenness() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<300 {
      let total = Int.random(in: 1...4000, using: &generator)
      let fixed = Int.random(in: 0...total, using: &generator)
      let here = outcomes(fixed, total - fixed, of: total)
      let mirrored = outcomes(total - fixed, fixed, of: total)
      #expect(here.logExactP == mirrored.logExactP)
      #expect(here.logExactP.isFinite && here.logExactP <= 0)
      let least = min(fixed, total - fixed)
      if least > 0 {
        #expect(outcomes(least - 1, total - least + 1, of: total).logExactP <= here.logExactP)
      }
    }
  }

  @Test func bootstrapIsNumpysBitForBit() throws {
    for golden in try StatisticsGoldens.load().bootstrap {
      let outcomes = outcomes(golden.fixed, golden.broken, of: golden.images)
      #expect(outcomes.resampledNetGains(resamples: 20, seed: 1) == golden.firstGains)
      let interval = outcomes.bootstrapInterval()
      #expect(interval.lower == golden.lower && interval.upper == golden.upper, "\(golden)")
      #expect(interval.level == 0.95)
    }
  }

  /// Dvoretzky, Kiefer and Wolfowitz: the empirical distribution of n draws leaves a band of
  /// sqrt(log(2 / a) / 2n) around the true one with a chance of a at most; here 1e-6.
  @Test func resamplesFollowTheMultinomialDistribution() throws {
    let count = 10_000
    let band = (log(2 / 1e-6) / Double(2 * count)).squareRoot()
    for golden in try StatisticsGoldens.load().bootstrap {
      let outcomes = outcomes(golden.fixed, golden.broken, of: golden.images)
      for seed: UInt64 in 1...3 {
        var histogram = [Int](repeating: 0, count: 2 * golden.images + 1)
        for gain in outcomes.resampledNetGains(resamples: count, seed: seed) {
          histogram[gain + golden.images] += 1
        }
        var below = 0
        for (number, chance) in zip(histogram, golden.cdf) {
          below += number
          #expect(abs(Double(below) / Double(count) - chance) <= band)
        }
      }
    }
  }

  @Test func bootstrapHoldsTheEstimate() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<40 {
      let images = Int.random(in: 1...3000, using: &generator)
      let fixed = Int.random(in: 0...images, using: &generator)
      let broken = Int.random(in: 0...(images - fixed), using: &generator)
      let outcomes = outcomes(fixed, broken, of: images)
      let interval = outcomes.bootstrapInterval(resamples: 1000)
      #expect(interval.lower <= outcomes.difference && outcomes.difference <= interval.upper)
      #expect(interval.lower >= -1 && interval.upper <= 1)
    }
  }

  @Test func comparisonHasTheFiguresOfItsParts() throws {
    let comparison = PairedComparison(
      PairedOutcomes(bothRight: 890, fixed: 6, broken: 4, bothWrong: 100))
    #expect(comparison.originalInterval == .wilson(successes: 894, trials: 1000))
    #expect(comparison.optimizedInterval == .wilson(successes: 896, trials: 1000))
    #expect(comparison.difference == 0.002)
    #expect(
      comparison.detectableDrop == DetectableDrop.smallest(images: 1000, discordantShare: 0.01))
    #expect(comparison.discordanceLimit == nil)
    let same = PairedComparison(PairedOutcomes(bothRight: 98, fixed: 0, broken: 0, bothWrong: 2))
    #expect(same.mcnemarP == 1 && same.differenceInterval.lower == 0)
    #expect(same.discordanceLimit == DetectableDrop.limitWithoutDiscordance(images: 100))
    let copy = try JSONDecoder().decode(PairedComparison.self, from: JSONEncoder().encode(same))
    #expect(copy == same)
  }
}
