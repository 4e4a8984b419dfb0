import Bench
import Foundation
import Study

/// What a study is doing, on standard error, with the time left: one line that changes on a terminal,
/// else a line for every tenth of the work.
struct StudyProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = monotonicTime()
  private var runningSince: Duration?
  private var isShown = false
  private var tenth = -1

  mutating func show(_ step: StudyProgress) {
    let text = "\(step)" + timeLeft(step)
    if isTerminal {
      note("\r\u{1B}[K\(text)")
      isShown = true
    } else if let now = tenth(of: step), now != tenth {
      tenth = now
      progress(text)
    }
  }

  mutating func show(_ step: TuneProgress) {
    switch step {
    case .studying(let step): show(step)
    case .evaluating(let done, let total):
      let text = "running mixtures: \(done) of at most \(total)"
      guard isTerminal else { return progress(text) }
      note("\r\u{1B}[K\(text)")
      isShown = true
    }
  }

  /// Removes the line.
  mutating func clear() {
    if isShown { note("\r\u{1B}[K") }
    isShown = false
  }

  private mutating func timeLeft(_ step: StudyProgress) -> String {
    guard case .running(_, _, _, _, let share) = step else { return "" }
    let now = monotonicTime()
    guard let since = runningSince else {
      runningSince = now
      return ""
    }
    guard share > 0.01, share < 1 else { return "" }
    let left = (now - since) * ((1 - share) / share)
    return ", \(left.formatted(.time(pattern: .minuteSecond))) left"
  }

  /// Ten to each kind of step, so that each begins with a line.
  private func tenth(of step: StudyProgress) -> Int? {
    switch step {
    case .preparing(let done, let total): total == 0 ? nil : 10 * done / total
    case .running(_, _, _, _, let share): 20 + Int(10 * share)
    case .batching(let done, _): 60 + done
    case .measuring(let done, let total): total == 0 ? nil : 40 + 10 * done / total
    }
  }
}
