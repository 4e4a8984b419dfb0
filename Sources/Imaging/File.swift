#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

enum File {
  /// Larger files than any image that can be decoded, or any list of images.
  private static let sizeLimit = 1 << 30

  /// The content of the file at `path`; the error carries the system's words.
  ///
  /// - Parameter isWanted: Is asked about the first bytes before the others are read.
  static func read(
    _ path: String, isWanted: ([UInt8]) throws(ImageError) -> Void = { _ throws(ImageError) in }
  ) throws(ImageError) -> [UInt8] {
    do throws(ImageError) {
      // A pipe would wait for its writer.
      let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else {
        // Listed by a repaired name, under which there is nothing.
        let isRepaired = errno == ENOENT && path.contains("\u{FFFD}")
        throw isRepaired ? ImageError(.unreadable("its name is not UTF-8")) : systemError()
      }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw systemError() }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw ImageError(.unreadable("not a regular file"))
      }
      let size = Int(status.st_size)
      try isWanted(bytes(of: descriptor, count: min(size, headLength), from: 0))
      guard size <= sizeLimit else {
        throw ImageError(
          .unsupported("\(size) bytes, more than the limit of \(sizeLimit) for a file"))
      }
      return try bytes(of: descriptor, count: size, from: 0)
    } catch {
      throw ImageError(error.kind, file: path)
    }
  }

  /// Bytes that tell what a file is.
  private static let headLength = 16

  /// `count` bytes from `offset` on; fewer where the file ends before.
  private static func bytes(
    of descriptor: Int32, count: Int, from offset: Int
  ) throws(ImageError) -> [UInt8] {
    var failure: ImageError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
        let length = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + initialized))
        if length < 0 && errno == EINTR { continue }
        if length < 0 { failure = systemError() }
        if length <= 0 { break }
        initialized += length
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private static func systemError() -> ImageError {
    ImageError(.unreadable(String(cString: strerror(errno))))
  }

  /// Bytes of the file at `path`; 0 where there is none.
  static func byteCount(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
