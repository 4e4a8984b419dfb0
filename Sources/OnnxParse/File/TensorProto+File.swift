import COnnx

extension TensorProto {
  /// Reads and checks the tensor in the `.pb` file at `path`, as ONNX's test directories hold them.
  ///
  /// - Throws: ``OnnxError`` where the file can't be read, is not a tensor, or fails ``check()``.
  public static func load(path: String) throws(OnnxError) -> TensorProto {
    try TensorProto(region: try ByteRegion(mapping: path), file: path)
  }

  /// Reads and checks the tensor that `bytes` encode; `file` names them in messages.
  ///
  /// - Throws: ``OnnxError`` where they are not a tensor, or fail ``check()``.
  public init(decoding bytes: [UInt8], file: String? = nil) throws(OnnxError) {
    try self.init(region: ByteRegion.copy(of: bytes), file: file)
  }

  private init(region: ByteRegion, file: String?) throws(OnnxError) {
    do throws(OnnxError) {
      self = try withUnpacked(region, as: vitq_tensor_descriptor(), Onnx__TensorProto.self) {
        (message) throws(OnnxError) in try Decoder(region: region).tensor(message.pointee)
      }
      try check()
    } catch {
      throw error.inFile(file)
    }
  }

  /// The protobuf encoding.
  ///
  /// - Throws: ``OnnxError`` where it would be larger than protobuf allows (2 GiB).
  public func encoded() throws(OnnxError) -> [UInt8] {
    try withPacked { (message) throws(OnnxError) in try pack(message) }
  }

  /// Writes the tensor to `path`, beside it first and then under its name.
  ///
  /// - Throws: ``OnnxError`` where the file can't be written or the tensor can't be encoded.
  public func save(to path: String) throws(OnnxError) {
    do throws(OnnxError) {
      try withPacked { (message) throws(OnnxError) in
        let writer = try FileWriter(path: path)
        try pack(message, to: writer)
        try writer.commit()
      }
    } catch {
      throw error.inFile(path)
    }
  }

  private func withPacked<Result>(
    _ body: (UnsafePointer<ProtobufCMessage>) throws(OnnxError) -> Result
  ) throws(OnnxError) -> Result {
    let encoder = Encoder()
    let message = try encoder.tensor(self)
    defer { withExtendedLifetime((encoder.arena, self)) {} }
    return try body(UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self))
  }
}
