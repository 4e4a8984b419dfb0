import Bench
import Testing

struct InterleavedRunTests {
  /// A clock that moves only when something runs.
  private final class FakeRuns {
    var time = Duration.zero
    var order = ""

    func run(_ name: String, _ milliseconds: Int) {
      order += name
      time += .milliseconds(milliseconds)
    }

    func measure(
      duration: Int, warmups: Int = 0, baseline: Int, optimized: Int
    ) throws -> InterleavedRun {
      try InterleavedRun.measure(
        duration: .milliseconds(duration), warmups: warmups, now: { self.time },
        baseline: { run("A", baseline) }, optimized: { run("b", optimized) })
    }
  }

  @Test func equalSidesAlternate() throws {
    let runs = FakeRuns()
    let result = try runs.measure(duration: 40, baseline: 10, optimized: 10)
    #expect(runs.order == "AbAbAbAb")
    #expect(result.baseline == [Duration](repeating: .milliseconds(10), count: 4))
    #expect(result.optimized == result.baseline)
  }

  @Test func theSideThatHasSpentLessGoesNext() throws {
    let runs = FakeRuns()
    let result = try runs.measure(duration: 60, baseline: 30, optimized: 10)
    #expect(runs.order == "AbbbAbbb")
    #expect(result.baseline.count == 2)
    #expect(result.optimized.count == 6)
  }

  @Test func eachSideEndsWithTheRunThatReachesTheDuration() throws {
    let runs = FakeRuns()
    let result = try runs.measure(duration: 100, baseline: 35, optimized: 8)
    #expect(result.baseline.count == 3)
    #expect(result.optimized.count == 13)
  }

  @Test func warmUpsRunSwappedAndDoNotCount() throws {
    let runs = FakeRuns()
    let result = try runs.measure(duration: 10, warmups: 3, baseline: 10, optimized: 10)
    #expect(runs.order == "AbbAAb" + "Ab")
    #expect(result.baseline.count == 1)
  }

  @Test func eachSideRunsAtLeastOnce() throws {
    let runs = FakeRuns()
    let result = try runs.measure(duration: 0, baseline: 5, optimized: 5)
    #expect(result.baseline.count == 1 && result.optimized.count == 1)
  }

  @Test func aSideThatFailsEndsTheMeasurement() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try InterleavedRun.measure(
        duration: .seconds(1), warmups: 0, baseline: {}, optimized: { throw Failure() })
    }
  }
}
