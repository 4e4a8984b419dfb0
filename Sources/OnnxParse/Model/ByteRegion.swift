#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A read-only region of memory that is freed or unmapped with its last slice.
final class ByteRegion: @unchecked Sendable {
  // Immutable after init, which is what makes sharing between threads safe.
  let buffer: UnsafeRawBufferPointer
  private let isMapped: Bool

  var count: Int { buffer.count }

  init(copying bytes: UnsafeRawBufferPointer) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyMemory(from: bytes)
    buffer = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  /// A copy of the elements as they are in memory.
  static func copy<Element: BitwiseCopyable>(of elements: [Element]) -> ByteRegion {
    elements.withUnsafeBytes { ByteRegion(copying: $0) }
  }

  /// Maps a regular file.
  ///
  /// - Throws: ``OnnxError`` where the file can't be opened, is not a regular file or can't be mapped.
  convenience init(mapping path: String) throws(OnnxError) {
    // A pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw OnnxError(.unreadable(systemMessage()), file: path) }
    defer { close(descriptor) }
    try self.init(mapping: descriptor, name: path)
  }

  /// Maps the regular file that `descriptor` has open; `name` is for messages.
  ///
  /// - Throws: As ``init(mapping:)``.
  init(mapping descriptor: Int32, name path: String) throws(OnnxError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw OnnxError(.unreadable(systemMessage()), file: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw OnnxError(.unreadable("not a regular file"), file: path)
    }
    let size = Int(status.st_size)
    isMapped = size > 0
    guard size > 0 else {
      buffer = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw OnnxError(.unreadable(systemMessage()), file: path) }
    buffer = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Drops the pages that lie within `range` of a mapped file; reading them maps them again.
  func releasePages(_ range: Range<Int>) {
    guard isMapped, let base = buffer.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound / page * page
    guard first < last else { return }
    // Advice only: where it is refused, the memory stays occupied.
    _ = madvise(UnsafeMutableRawPointer(mutating: base + first), last - first, MADV_DONTNEED)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      buffer.deallocate()
    }
  }
}

/// The text of the last failed system call of this thread.
func systemMessage() -> String { String(cString: strerror(errno)) }
