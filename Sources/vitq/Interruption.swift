import Foundation
import OnnxParse

/// What becomes of the program when it is ended from outside.
enum Interruption {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// From now on these signals remove half-written files before they end the program, as they would
  /// have; a pipe that nobody reads ends it even where the caller ignored that.
  ///
  /// A thread of its own waits for the signals, since little may be called in a handler. Call this
  /// before there are other threads: they inherit what is blocked.
  static func prepare() {
    signal(SIGPIPE, SIG_DFL)
    var awaited = sigset_t()
    sigemptyset(&awaited)
    // nohup ignores a signal so that it does not end the program; waiting for it would undo that.
    for signal in signals where !isIgnored(signal) { sigaddset(&awaited, signal) }
    pthread_sigmask(SIG_BLOCK, &awaited, nil)
    let thread = Thread { [awaited] in end(on: awaited) }
    thread.start()
  }

  private static func end(on awaited: sigset_t) {
    var awaited = awaited
    var signal: Int32 = 0
    guard sigwait(&awaited, &signal) == 0 else { return }
    TemporaryFiles.removeAll()
    pthread_sigmask(SIG_UNBLOCK, &awaited, nil)
    raise(signal)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let handler = action.__sigaction_handler.sa_handler
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
