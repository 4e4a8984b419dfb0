import Foundation
import OnnxParse

/// What becomes of the program when it is ended from outside.
enum Interruption {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Where the handler puts the number of the signal. A pipe, since a handler may do little more than
  /// write, and any thread may have to run it: OpenBLAS starts its own before `main`.
  private static let pipe: (read: Int32, write: Int32)? = {
    var ends: [Int32] = [-1, -1]
    return Foundation.pipe(&ends) == 0 ? (read: ends[0], write: ends[1]) : nil
  }()

  /// From now on these signals remove half-written files before they end the program, as they would
  /// have; a pipe that nobody reads ends it even where the caller ignored that, and a file that reaches
  /// the size that the caller allows is an error like a full disk.
  static func prepare() {
    occupyStandardStreams()
    signal(SIGPIPE, SIG_DFL)
    signal(SIGXFSZ, SIG_IGN)
    guard let pipe else { return }
    var handled = sigset_t()
    sigemptyset(&handled)
    // nohup ignores a signal so that it does not end the program; handling it would undo that.
    for number in signals where !isIgnored(number) {
      signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        if let pipe = Interruption.pipe { _ = write(pipe.write, &byte, 1) }
        errno = before
      }
      sigaddset(&handled, number)
    }
    // A thread of a pool that starts this program may have blocked them, which is inherited.
    pthread_sigmask(SIG_UNBLOCK, &handled, nil)
    let thread = Thread { end(onSignalFrom: pipe.read) }
    thread.start()
  }

  /// Where the caller closed one of them, a file that is opened would take its place, and be read or
  /// written as if it were that.
  private static func occupyStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO
    where fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) != descriptor { return }
  }

  private static func end(onSignalFrom descriptor: Int32) {
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count == 1 { break }
      if count == 0 || errno != EINTR { return }
    }
    TemporaryFiles.removeAll()
    signal(Int32(byte), SIG_DFL)
    kill(getpid(), Int32(byte))
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let handler = action.__sigaction_handler.sa_handler
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
