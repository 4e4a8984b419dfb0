import COnnx

/// Memory for protobuf-c's structs: taken in chunks, given back all at once, bounded by `limit`.
///
/// The bound is what keeps a small file of many empty messages from taking all the memory there is.
final class Arena {
  private static let chunkSize = 1 << 16
  private static let alignment = 16

  private let limit: Int
  private var used = 0
  private var chunks: [UnsafeMutableRawBufferPointer] = []
  /// What is left of the chunk that small requests come from.
  private var tail = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// True once a request was refused because of the limit.
  private(set) var isExhausted = false

  init(limit: Int = .max) { self.limit = limit }

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// Memory for `count` bytes, aligned for any C type; nil beyond the limit.
  func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    guard count >= 0, count <= limit - used else {
      isExhausted = true
      return nil
    }
    return reserve(count)
  }

  /// Memory for `count` bytes, aligned for any C type, whatever the limit.
  func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    let rounded = (max(count, 1) + Arena.alignment - 1) & ~(Arena.alignment - 1)
    used += rounded
    if rounded > Arena.chunkSize / 4 { return newChunk(rounded).baseAddress.unsafelyUnwrapped }
    if rounded > tail.count { tail = newChunk(Arena.chunkSize) }
    let block = tail.baseAddress.unsafelyUnwrapped
    tail = UnsafeMutableRawBufferPointer(rebasing: tail[rounded...])
    return block
  }

  private func newChunk(_ count: Int) -> UnsafeMutableRawBufferPointer {
    let chunk = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count, alignment: Arena.alignment)
    chunks.append(chunk)
    return chunk
  }

  /// Calls `body` with an allocator of protobuf-c's that draws on this arena and frees nothing.
  func withAllocator<Result>(
    _ body: (UnsafeMutablePointer<ProtobufCAllocator>) -> Result
  ) -> Result {
    var allocator = ProtobufCAllocator(
      alloc: { context, size in
        guard let context, let count = Int(exactly: size) else { return nil }
        return Unmanaged<Arena>.fromOpaque(context).takeUnretainedValue().allocate(count)
      },
      free: { _, _ in },
      allocator_data: Unmanaged.passUnretained(self).toOpaque())
    return withExtendedLifetime(self) { body(&allocator) }
  }
}
