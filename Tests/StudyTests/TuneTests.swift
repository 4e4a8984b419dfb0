import OnnxParse
import Quant
import Study
import TestSupport
import Testing

/// The search itself, with outcomes that are made up.
@Suite struct MixtureSearchTests {
  /// Moves of which those in `harmful` lose too much, and the others a little each.
  private static func run(
    moves: Int, limit: Int, isGood: @escaping ([Int]) -> Bool
  ) -> [[Int]] {
    var evaluated: [[Int]] = []
    MixtureSearch(moveCount: moves, limit: limit).run { mixture in
      evaluated.append(mixture)
      return .init(isWithinBudget: isGood(mixture))
    }
    return evaluated
  }

  @Test func everythingIsTriedFirst() {
    let evaluated = Self.run(moves: 40, limit: 16) { _ in true }
    #expect(evaluated.first == Array(0..<40))
    // And then parts of it, for the front.
    #expect(evaluated.count == 4)
  }

  @Test(arguments: [0, 1, 7, 38, 39])
  func theLongestGoodBeginningIsFound(length: Int) {
    let evaluated = Self.run(moves: 40, limit: 16) { $0.count <= length }
    let good = evaluated.filter { $0.count <= length }
    #expect(length == 0 || good.contains(Array(0..<length)))
  }

  @Test func oneHarmfulMoveIsLeftOut() {
    let evaluated = Self.run(moves: 20, limit: 40) { !$0.contains(11) }
    #expect(evaluated.contains(Array(0..<20).filter { $0 != 11 }))
  }

  @Test func noMixtureIsEvaluatedTwiceAndNoneBeyondTheLimit() {
    for limit in [0, 1, 3, 9] {
      let evaluated = Self.run(moves: 30, limit: limit) { $0.count < 13 }
      #expect(evaluated.count <= limit)
      #expect(Set(evaluated).count == evaluated.count)
    }
    #expect(Self.run(moves: 0, limit: 9) { _ in true }.isEmpty)
  }
}

/// The search on a model with one node that does not bear quantization.
@Suite struct PlantedTuneTests {
  @Test func thePlantedNodeIsLeftInFp32() throws {
    let node = "/vit/layers.0/mlp/fc2/MatMul"
    var study = try EmbeddedStudy(images: 40)
    // A hidden channel that is huge and that nothing reads.
    try Planted.change(&study.model, "/vit/layers.0/mlp/fc1/Add", input: 0) { values, _ in
      values[3] = 100_000
    }
    try Planted.change(&study.model, node, input: 1) { values, columns in
      for column in 0..<columns { values[3 * columns + column] = 0 }
    }
    study.options.timingRuns = 3
    study.options.quantization.operators = [.matMul]
    var tuning = TuneOptions()
    tuning.duration = 0.02
    tuning.maxDrop = 0.01
    let report = try Tuner(
      model: study.model, images: study.images, options: study.options, tuning: tuning
    ).run()
    let planted = try #require(report.moves.firstIndex { $0.nodes.contains(node) })
    for candidate in report.candidates where candidate.moves.contains(planted) {
      #expect(!candidate.isWithinBudget)
    }
    let winner = report.candidates[report.winner]
    #expect(winner.drop <= 0.01)
    #expect(!winner.moves.contains(planted))
    // The largest mixture that keeps to the budget has nearly all of what saves time.
    let useful = report.moves.count(where: \.isUseful)
    let most = report.candidates.filter(\.isWithinBudget).map(\.moves.count).max() ?? 0
    #expect(most >= (report.moves[planted].isUseful ? useful - 2 : useful - 1))
    let options = report.quantization(from: study.options.quantization)
    let (_, plan) = try DynamicQuantizer(options: options).quantize(study.model)
    #expect(plan.quantizedCount == winner.nodes)
  }

  /// Products that read the same tensor are quantized together.
  @Test func queriesKeysAndValuesAreOneMove() throws {
    var study = try EmbeddedStudy(images: 2)
    study.options.timingRuns = 1
    var tuning = TuneOptions()
    tuning.evaluations = 1
    tuning.duration = 0.01
    let report = try Tuner(
      model: study.model, images: study.images, options: study.options, tuning: tuning
    ).run()
    let projections = ["q", "k", "v"].map { "/vit/layers.4/attention/\($0)_proj/MatMul" }
    #expect(report.moves.contains { $0.nodes == projections })
    #expect(report.candidates.count <= 2)
  }
}
