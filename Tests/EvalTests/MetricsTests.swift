import Eval
import Foundation
import Testing

/// Against numpy and scikit-learn, by `make_goldens.py`.
@Suite struct MetricsTests {
  struct Golden: Decodable {
    let classes: Int
    let labels: [Int]
    let scores: [[Float]]
    let top1, top5, calibration: Double
    let confidences, precision, recall: [Double]
    let support: [Int]
    let confusion: [[Int]]

    static func load() throws -> [Golden] {
      let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Goldens/metrics.json")
      return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: path))
    }
  }

  @Test func figuresAreThoseOfScikitLearn() throws {
    for golden in try Golden.load() {
      let answers = golden.scores.map { Answer(scores: $0) }
      let metrics = try #require(
        ModelMetrics(
          zip(golden.labels, answers).map { ($0, $1) }, classCount: golden.classes))
      #expect(metrics.top1.fraction == golden.top1)
      #expect(metrics.top5?.fraction == golden.top5)
      // Sums of at most 60 fp64 values below 1.
      #expect(abs(try #require(metrics.calibration).error - golden.calibration) < 1e-14)
      for (answer, confidence) in zip(answers, golden.confidences) {
        #expect(abs(try #require(answer.confidence) - confidence) < 1e-15)
      }
      for id in 0..<golden.classes {
        let own = metrics.classes[id]
        #expect(own.recall?.fraction ?? -1 == golden.recall[id])
        #expect(own.precision?.fraction ?? -1 == golden.precision[id])
        #expect(own.recall?.total ?? 0 == golden.support[id])
      }
      var confusion = golden.confusion.map { $0.map { _ in 0 } }
      for cell in metrics.confusion {
        confusion[cell.label][try #require(cell.answer)] = cell.images
      }
      #expect(confusion == golden.confusion)
    }
  }

  @Test func equalScoresGoToTheLowerId() {
    #expect(Answer(scores: [1, 3, 3, 2, 3]).classes == [1, 2, 4, 3, 0])
    #expect(Answer(scores: [1, 3, 3], top: 2).classes == [1, 2])
  }

  /// A score that is no number is no answer, and leaves no figure that is none.
  @Test func scoresThatAreNoNumbers() throws {
    let mixed = Answer(scores: [.nan, 1, 2])
    #expect(mixed.classes == [2, 1] && mixed.confidence?.isNaN == true)
    #expect(mixed.named(["a", "b", "c"]).map(\.probability) == [nil, nil])
    let none = Answer(scores: [.nan, .nan])
    #expect(none.predicted == nil && none.confidence == nil)
    let metrics = try #require(ModelMetrics([(1, none), (2, mixed)], classCount: 3))
    #expect(metrics.top1.count == 1 && metrics.calibration == nil)
    #expect(metrics.confusion.map(\.answer) == [nil, 2])
    #expect(ModelMetrics([], classCount: 3) == nil)
  }

  /// (m - 1) / 15 belongs to the interval below it.
  @Test func intervalsAreClosedAbove() throws {
    let calibration = try #require(
      Calibration([(1, true), (1.0 / 15, false), (0.07, true), (0, false)]))
    #expect(calibration.bins.map(\.images) == [2, 1] + Array(repeating: 0, count: 12) + [1])
    #expect(Calibration([(1.5, true)]) == nil && Calibration([(.nan, true)]) == nil)
  }
}
