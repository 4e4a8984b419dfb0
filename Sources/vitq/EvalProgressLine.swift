import Bench
import Eval
import Foundation

/// How far an evaluation is, on standard error: on a terminal a bar with the rate and the time left, else
/// a line every ten seconds. Images that are passed over are named in lines of their own.
struct EvalProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  /// Where the rate counts from: the first images, before which models are compiled.
  private var start: (done: Int, time: Duration)?
  private var shown = monotonicTime()
  private var isShown = false

  private static let barWidth = 24

  mutating func show(_ step: EvalProgress) {
    switch step {
    case .skipped(let why):
      clear()
      warn("passed over: \(why)")
    case .evaluating(let done, let total): show(done, of: total)
    }
  }

  /// Removes the bar.
  mutating func clear() {
    if isShown { note("\r\u{1B}[K") }
    isShown = false
  }

  private mutating func show(_ done: Int, of total: Int) {
    let now = monotonicTime()
    guard let start else {
      start = (done, now)
      return
    }
    // Ten times a second is enough for a reader.
    guard now - shown >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
    shown = now
    let rate = Double(done - start.done) / max((now - start.time) / .seconds(1), 1e-9)
    let left = Duration.seconds(Double(total - done) / max(rate, 1e-9))
    let figures =
      "\(done) of \(total) images, \(fixed(rate, 1))/s, "
      + "\(left.formatted(.time(pattern: .hourMinuteSecond))) left"
    guard isTerminal else { return progress(figures) }
    isShown = true
    // A line that wraps can't be replaced.
    let room = Self.terminalWidth - figures.count - 2
    guard room >= Self.barWidth else {
      return note("\r\u{1B}[K" + figures.prefix(Self.terminalWidth - 1))
    }
    let full = Self.barWidth * done / max(1, total)
    let bar =
      String(repeating: "█", count: full) + String(repeating: "░", count: Self.barWidth - full)
    note("\r\u{1B}[K\(bar) \(figures)")
  }

  private static var terminalWidth: Int {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }
}
