import Bench
import Foundation
import Testing

struct LogitErrorTests {
  private func sums(_ baseline: [[Float]], _ candidate: [[Float]]) throws -> LogitErrorSums {
    var sums = LogitErrorSums()
    for (before, after) in zip(baseline, candidate) {
      try sums.add(baseline: before, candidate: after)
    }
    return sums
  }

  @Test func figuresAreNumpysAndScipys() throws {
    let golden = try StatisticsGoldens.load().logits
    let error = try #require(sums(golden.baseline, golden.candidate).error)
    #expect(error.images == golden.baseline.count && error.changed == golden.changed)
    #expect(near(try #require(error.sqnr), golden.sqnrDb, within: 1e-13))
    #expect(near(try #require(error.cosine), golden.cosine, within: 1e-14))
    #expect(error.maxAbsoluteError == golden.maxAbsError)
    #expect(near(try #require(error.meanDivergence), golden.meanKl, within: 1e-10))
  }

  @Test func divergenceOfEachImageIsScipys() throws {
    let golden = try StatisticsGoldens.load().logits
    for (index, expected) in golden.divergences.enumerated() {
      let one = try sums([golden.baseline[index]], [golden.candidate[index]])
      let divergence = try #require(one.error?.meanDivergence)
      #expect(abs(divergence - expected) <= 1e-13 + 1e-10 * expected)
    }
  }

  @Test func partsMakeTheWhole() throws {
    let golden = try StatisticsGoldens.load().logits
    let whole = try #require(sums(golden.baseline, golden.candidate).error)
    var parts = try sums(Array(golden.baseline[..<3]), Array(golden.candidate[..<3]))
    parts.merge(try sums(Array(golden.baseline[3...]), Array(golden.candidate[3...])))
    let merged = try #require(parts.error)
    #expect(merged.images == whole.images && merged.changed == whole.changed)
    #expect(merged.maxAbsoluteError == whole.maxAbsoluteError)
    #expect(near(try #require(merged.sqnr), try #require(whole.sqnr), within: 1e-13))
    #expect(
      near(try #require(merged.meanDivergence), try #require(whole.meanDivergence), within: 1e-13))
  }

  @Test func equalLogitsHaveNoError() throws {
    let error = try #require(sums([[1, 2, 3], [-4, 0, 9]], [[1, 2, 3], [-4, 0, 9]]).error)
    #expect(error.meanDivergence == 0 && error.maxAbsoluteError == 0 && error.changed == 0)
    #expect(try #require(error.sqnr) > 300)
  }

  @Test func aShiftOfAllLogitsChangesNoProbability() throws {
    let error = try #require(sums([[1, 2, 3]], [[101, 102, 103]]).error)
    #expect(try #require(error.meanDivergence) < 1e-14)
    #expect(error.maxAbsoluteError == 100)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func aLogitThatIsNotFiniteIsNotHidden(_ value: Float) throws {
    let error = try #require(sums([[1, 2], [3, 4]], [[1, 2], [3, value]]).error)
    #expect(error.sqnr == nil && error.meanDivergence == nil && error.maxAbsoluteError == nil)
    _ = try JSONEncoder().encode(error)
  }

  @Test func noImageAndOtherClassesHaveNone() {
    #expect(LogitErrorSums().error == nil)
    var sums = LogitErrorSums()
    #expect(throws: BenchError.self) { try sums.add(baseline: [1, 2], candidate: [1]) }
    #expect(throws: BenchError.self) { try sums.add(baseline: [], candidate: []) }
    #expect(sums.error == nil)
  }
}
