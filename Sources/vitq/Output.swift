import Foundation
import OnnxParse

/// Writes a result to standard output, at once, so that nothing is lost unnoticed.
///
/// - Throws: ``CommandError`` where it can't be written. A reader that went away ends the program, as
///   it ends other programs: by SIGPIPE.
func emit(_ text: String, terminator: String = "\n") throws(CommandError) {
  let bytes = Array((text + terminator).utf8)
  var start = 0
  while start < bytes.count {
    let written = bytes[start...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    if written >= 0 {
      start += written
    } else if errno != EINTR {
      throw CommandError("standard output: can't be written: \(String(cString: strerror(errno)))")
    }
  }
}

/// Writes a line about what is going on; results go to standard output instead.
func progress(_ text: String) { note("\(text)\n") }

/// Writes a line that a person should read although the command goes on.
func warn(_ text: String) { progress("vitq: warning: \(text.escapingControlCharacters)") }

/// Writes `text` to standard error; where that fails, there is nobody to tell.
func note(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}
