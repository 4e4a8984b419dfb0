import COnnx

/// The size of the encoded `message`.
///
/// - Throws: ``OnnxError`` where it is more than protobuf allows.
func packedSize(_ message: UnsafePointer<ProtobufCMessage>) throws(OnnxError) -> Int {
  let size = Int(protobuf_c_message_get_packed_size(message))
  guard size <= messageSizeLimit else {
    throw OnnxError(
      .unsupported(
        "\(size) bytes in one file; protobuf allows \(messageSizeLimit), "
          + "weights can be in a file beside it"))
  }
  return size
}

/// Encodes `message`.
func pack(_ message: UnsafePointer<ProtobufCMessage>) throws(OnnxError) -> [UInt8] {
  let size = try packedSize(message)
  return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    count = size == 0 ? 0 : Int(protobuf_c_message_pack(message, buffer.baseAddress))
  }
}

/// Encodes `message` piece by piece into `writer`; weights go there straight from where they lie.
func pack(
  _ message: UnsafePointer<ProtobufCMessage>, to writer: FileWriter
) throws(OnnxError) {
  _ = try packedSize(message)
  var buffer = VitqBuffer(
    base: ProtobufCBuffer(append: { buffer, count, data in
      guard let buffer else { return }
      let context = UnsafeRawPointer(buffer).assumingMemoryBound(to: VitqBuffer.self)
        .pointee.context
      guard let context else { return }
      Unmanaged<FileWriter>.fromOpaque(context).takeUnretainedValue()
        .append(UnsafeRawBufferPointer(start: data, count: count))
    }),
    context: Unmanaged.passUnretained(writer).toOpaque())
  withExtendedLifetime(writer) {
    withUnsafeMutablePointer(to: &buffer) { pointer in
      _ = pointer.withMemoryRebound(to: ProtobufCBuffer.self, capacity: 1) {
        protobuf_c_message_pack_to_buffer(message, $0)
      }
    }
  }
}
