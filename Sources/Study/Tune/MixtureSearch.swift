/// Searches for the fastest mixture within a budget, given what each move does alone.
///
/// Moves are made in the order of what they save for what they damage. How much the whole loses grows
/// with every move, but for noise; so the longest beginning that keeps to the budget is found by
/// halving, and then the moves after it are tried one by one.
package struct MixtureSearch {
  /// How a mixture did.
  package struct Outcome {
    let isWithinBudget: Bool

    package init(isWithinBudget: Bool) { self.isWithinBudget = isWithinBudget }
  }

  /// Number of moves, in the order in which to make them.
  private let moveCount: Int
  /// Mixtures that may be evaluated.
  private let limit: Int

  package init(moveCount: Int, limit: Int) {
    self.moveCount = moveCount
    self.limit = limit
  }

  /// Calls `evaluate` with mixtures, each a list of moves in ascending order, and each once.
  package func run(_ evaluate: ([Int]) throws -> Outcome) rethrows {
    guard moveCount > 0, limit > 0 else { return }
    var known: [[Int]: Outcome] = [:]
    func outcome(_ moves: [Int]) throws -> Outcome? {
      if let outcome = known[moves] { return outcome }
      guard known.count < limit else { return nil }
      let outcome = try evaluate(moves)
      known[moves] = outcome
      return outcome
    }
    var good = 0
    var bad = moveCount + 1
    var next = moveCount
    while bad - good > 1, let outcome = try outcome(Array(0..<next)) {
      if outcome.isWithinBudget { good = next } else { bad = next }
      next = (good + bad) / 2
    }
    var best = Array(0..<good)
    for move in good..<moveCount where !best.contains(move) {
      guard let outcome = try outcome(best + [move]) else { break }
      if outcome.isWithinBudget { best.append(move) }
    }
    // What is left of the evaluations shows the front between nothing and the best.
    for quarter in 1...3 {
      let count = best.count * quarter / 4
      if count > 0 { _ = try outcome(Array(best.prefix(count))) }
    }
  }
}
