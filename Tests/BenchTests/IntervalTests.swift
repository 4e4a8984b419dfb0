import Bench
import Testing

struct IntervalTests {
  @Test func wilsonIsStatsmodels() throws {
    for golden in try StatisticsGoldens.load().wilson {
      let interval = ConfidenceInterval.wilson(successes: golden.successes, trials: golden.trials)
      #expect(abs(interval.lower - golden.lower) <= 1e-14, "\(golden)")
      #expect(abs(interval.upper - golden.upper) <= 1e-14, "\(golden)")
    }
  }

  @Test func wilsonHoldsTheEstimateWithinNoughtAndOne() {
    for trials in 1...60 {
      for successes in 0...trials {
        let interval = ConfidenceInterval.wilson(successes: successes, trials: trials)
        let share = Double(successes) / Double(trials)
        #expect(interval.lower <= share && share <= interval.upper)
        #expect(interval.lower >= 0 && interval.upper <= 1 && interval.lower < interval.upper)
      }
    }
  }

  @Test func detectableDropIsConnors() throws {
    for golden in try StatisticsGoldens.load().detectable {
      let share = Double(golden.discordant) / Double(golden.images)
      let drop = try #require(
        DetectableDrop.smallest(images: golden.images, discordantShare: share))
      #expect(near(drop, golden.drop, within: 1e-12), "\(golden)")
      // What docs/bench.md says of the exact test's power.
      if golden.images >= 100 { #expect((0.765...0.8).contains(golden.exactPower)) }
    }
  }

  @Test func detectableDropFallsWithImagesAndRisesWithDiscordance() throws {
    for share in [0, 0.001, 0.02, 0.3, 1] {
      let drops = [6, 7, 10, 50, 100, 1000, 10_000, 1_000_000].compactMap {
        DetectableDrop.smallest(images: $0, discordantShare: share)
      }
      #expect(drops.count == 8)
      #expect(zip(drops, drops.dropFirst()).allSatisfy { $0 > $1 })
    }
    for images in [6, 100, 5000] {
      let drops = [0, 0.01, 0.1, 0.5, 1].compactMap {
        DetectableDrop.smallest(images: images, discordantShare: $0)
      }
      #expect(zip(drops, drops.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
    }
  }

  @Test func fiveImagesShowNothing() {
    #expect(DetectableDrop.smallest(images: 5, discordantShare: 1) == nil)
    let all = PairedOutcomes(bothRight: 0, fixed: 0, broken: 5, bothWrong: 0)
    #expect(all.exactP > 0.05)
  }

  @Test func limitWithoutDiscordanceIsClopperAndPearsons() throws {
    for golden in try StatisticsGoldens.load().limit {
      let limit = DetectableDrop.limitWithoutDiscordance(images: golden.images)
      #expect(near(limit, golden.limit, within: 1e-9), "\(golden)")
    }
  }
}
