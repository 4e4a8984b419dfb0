#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a file under a name of its own beside `path`, then gives it that name: whoever reads
/// `path` sees the old file or the whole new one.
final class FileWriter {
  private static let bufferSize = 1 << 18

  private let path: String
  /// Where the content is until ``commit()``.
  let temporaryPath: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// The first failure; nothing is written after it.
  private var failure: OnnxError?
  private var isCommitted = false

  /// Opens the temporary file.
  ///
  /// - Throws: ``OnnxError`` where the folder is missing or can't be written, or where `path` is
  ///   there and is not a regular file.
  init(path: String) throws(OnnxError) {
    // A link stays a link: what it points to is replaced.
    let target = resolvedPath(path)
    var status = stat()
    var mode: mode_t = 0o666
    let exists = stat(target, &status) == 0
    if exists {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw OnnxError(.unwritable("not a regular file"), file: path)
      }
      mode = status.st_mode & 0o777
    }
    self.path = target
    temporaryPath = "\(target).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
    descriptor = TemporaryFiles.create(temporaryPath, mode: mode)
    guard descriptor >= 0 else { throw OnnxError(.unwritable(systemMessage()), file: path) }
    if exists { fchmod(descriptor, mode) }
    buffer.reserveCapacity(FileWriter.bufferSize)
  }

  deinit {
    guard descriptor >= 0, !isCommitted else { return }
    close(descriptor)
    TemporaryFiles.remove(temporaryPath)
  }

  /// Writes `bytes`; a failure shows in ``commit()``.
  func append(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count >= FileWriter.bufferSize {
      flush()
      write(bytes)
    } else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= FileWriter.bufferSize { flush() }
    }
  }

  /// Writes what is still in the buffer, so that ``temporaryPath`` can be read.
  ///
  /// - Throws: ``OnnxError`` for the first thing that failed.
  func finish() throws(OnnxError) {
    flush()
    if let failure { throw failure }
  }

  /// Puts everything on the disk and gives the file its name.
  ///
  /// - Throws: ``OnnxError`` for the first thing that failed; then `path` is as it was.
  func commit() throws(OnnxError) {
    try finish()
    guard fsync(descriptor) == 0, TemporaryFiles.rename(temporaryPath, to: path) == 0 else {
      throw OnnxError(.unwritable(systemMessage()), file: path)
    }
    isCommitted = true
    close(descriptor)
    syncFolder()
  }

  private func flush() {
    buffer.withUnsafeBytes { write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil, let why = writeAll(bytes, to: descriptor) else { return }
    failure = OnnxError(.unwritable(why), file: path)
  }

  /// Makes the new name last. Not every file system can do this; the file is complete either way.
  private func syncFolder() {
    let folder = folderAndName(path).folder
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Writes all of `bytes`; the system's words for what kept it from that, or nil.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> String? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let part = UnsafeRawBufferPointer(rebasing: rest)
    let written = write(descriptor, part.baseAddress, part.count)
    if written >= 0 {
      rest = rest.dropFirst(written)
    } else if errno != EINTR {
      return systemMessage()
    }
  }
  return nil
}

/// `path` with its links followed; as it is where it does not exist.
private func resolvedPath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}
