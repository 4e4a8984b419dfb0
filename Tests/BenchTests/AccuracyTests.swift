import Bench
import Testing

struct AccuracyTests {
  @Test func countsAgainstLabelsAndEachOther() {
    let accuracy = Accuracy(
      labels: [0, 1, 2, 3, 4, 5, 6, 7],
      original: [0, 1, 2, 3, 4, 5, 0, 0],
      optimized: [0, 1, 2, 0, 0, 0, 6, 0])
    #expect(accuracy.original == 0.75)
    #expect(accuracy.optimized == 0.5)
    #expect(accuracy.samples == 8)
    #expect(accuracy.changed == 4)
    #expect(
      accuracy.paired?.outcomes == PairedOutcomes(bothRight: 3, fixed: 1, broken: 3, bothWrong: 1))
  }

  @Test(
    arguments: [
      ([0.5, 2, -1], 1), ([3, 3, 1], 0), ([-.infinity, -.infinity], 0), ([.nan, -2, -1, .nan], 2),
      ([.nan], nil), ([], nil),
    ] as [([Float], Int?)])
  func takesTheFirstGreatest(_ scores: [Float], _ index: Int?) {
    #expect(argmax(scores) == index)
  }
}
