import COnnx

/// The most that protobuf allows for one message.
let messageSizeLimit = Int(Int32.max)

/// Calls `body` with the C structs of the message `root` that `region` holds; they live during the
/// call.
///
/// - Throws: ``OnnxError`` with the byte where the encoding is broken, or what `body` throws.
func withUnpacked<Message, Result>(
  _ region: ByteRegion, as root: MessageDescriptor, _ type: Message.Type,
  _ body: (UnsafePointer<Message>) throws(OnnxError) -> Result
) throws(OnnxError) -> Result {
  guard region.count > 0 else { throw OnnxError(.malformed("the file is empty")) }
  guard region.count <= messageSizeLimit else {
    throw OnnxError(.malformed("\(region.count) bytes; protobuf allows \(messageSizeLimit)"))
  }
  var scanner = WireScanner(region.buffer)
  try scanner.scan(as: root)
  // An element of a long list of numbers takes 2 bytes or more in the file and at most 72 here.
  let arena = Arena(limit: 40 * region.count + 16 << 20)
  let skeleton = scanner.skeleton
  let unpacked = arena.withAllocator { allocator in
    skeleton.withUnsafeBufferPointer {
      protobuf_c_message_unpack(root, allocator, $0.count, $0.baseAddress)
    }
  }
  guard let unpacked else {
    throw OnnxError(
      .malformed(
        arena.isExhausted
          ? "its \(region.count) bytes hold more messages than any model needs"
          : "protobuf-c can't decode it"))
  }
  defer { withExtendedLifetime(arena) {} }
  return try body(UnsafeRawPointer(unpacked).assumingMemoryBound(to: Message.self))
}
