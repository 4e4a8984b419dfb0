#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that are written all at once.
public enum WholeFile {
  /// Writes `bytes` to `path`: beside it first and then under its name, so that a failure leaves what was
  /// there, with its permissions. Links are followed. What is no regular file, such as a device or a
  /// pipe, stays what it is and is written into.
  ///
  /// - Throws: ``OnnxError`` where `path` can't be written.
  public static func write(_ bytes: [UInt8], to path: String) throws(OnnxError) {
    do throws(OnnxError) {
      if isStream(path) {
        try writeInPlace(bytes, to: path)
      } else {
        let writer = try FileWriter(path: path)
        bytes.withUnsafeBytes { writer.append($0) }
        try writer.commit()
      }
    } catch {
      throw error.inFile(path)
    }
  }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    let kind = status.st_mode & S_IFMT
    return kind != S_IFREG && kind != S_IFDIR
  }

  private static func writeInPlace(_ bytes: [UInt8], to path: String) throws(OnnxError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw OnnxError(.unwritable(systemMessage())) }
    defer { close(descriptor) }
    let failure = bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    if let failure { throw OnnxError(.unwritable(failure)) }
  }
}
