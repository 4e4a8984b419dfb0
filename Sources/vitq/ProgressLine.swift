import Bench
import Foundation

/// What a benchmark is doing, on standard error: one line that changes on a terminal, else a line for
/// each step that takes seconds.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isShown = false

  mutating func show(_ step: BenchProgress) {
    switch step {
    case .warning:
      clear()
      progress("vitq: \(step)")
    case .evaluating(_, let done, let total) where done < total && !isTerminal: break
    case .evaluating, .measuring:
      guard isTerminal else { return progress("\(step)") }
      note("\r\u{1B}[K\(step)")
      isShown = true
    }
  }

  /// Removes the line.
  mutating func clear() {
    if isShown { note("\r\u{1B}[K") }
    isShown = false
  }
}
