import COnnx

extension Model {
  /// Reads and checks the model in the file at `path`.
  ///
  /// The file is mapped, and large `raw_data` stays in it: do not write into the file while the
  /// model, or any ``Bytes`` of it, is in use. (``save(to:)`` over it is fine: it makes a new file.)
  ///
  /// - Throws: ``OnnxError`` where the file can't be read, is not a model, or fails ``check()``.
  public static func load(path: String) throws(OnnxError) -> Model {
    try Model(region: try ByteRegion(mapping: path), file: path)
  }

  /// Reads and checks the model that `bytes` encode; `file` names them in messages.
  ///
  /// - Throws: ``OnnxError`` where they are not a model, or fail ``check()``.
  public init(decoding bytes: [UInt8], file: String? = nil) throws(OnnxError) {
    try self.init(region: ByteRegion.copy(of: bytes), file: file)
  }

  private init(region: ByteRegion, file: String?) throws(OnnxError) {
    do throws(OnnxError) {
      self = try withUnpacked(region, as: vitq_model_descriptor(), Onnx__ModelProto.self) {
        (message) throws(OnnxError) in try Decoder(region: region).model(message.pointee)
      }
      self.file = file
      try check()
    } catch {
      throw error.inFile(file)
    }
  }

  /// The protobuf encoding.
  ///
  /// - Throws: ``OnnxError`` where a text holds a NUL character or the encoding would be larger
  ///   than protobuf allows (2 GiB).
  public func encoded() throws(OnnxError) -> [UInt8] {
    try withPacked { (message) throws(OnnxError) in try pack(message) }
  }

  /// Writes the model to `path`, beside it first and then under its name, so that a failure leaves
  /// what was there.
  ///
  /// - Throws: ``OnnxError`` where the file can't be written or the model can't be encoded.
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

  /// As ``save(to:)``, where `check` has its say on what was written before that has its name.
  ///
  /// - Parameter check: Is given the model as it reads back from the disk; where it throws, what was
  ///   at `path` is still there and nothing else is left.
  /// - Throws: ``OnnxError`` as ``save(to:)`` and ``load(path:)`` do, or what `check` throws.
  public func save(to path: String, check: (Model) throws -> Void) throws {
    let writer: FileWriter
    let written: Model
    do throws(OnnxError) {
      writer = try FileWriter(path: path)
      try withPacked { (message) throws(OnnxError) in try pack(message, to: writer) }
      try writer.finish()
      written = try Model(region: ByteRegion(mapping: writer.temporaryPath), file: path)
    } catch {
      throw error.inFile(path)
    }
    try check(written)
    try writer.commit()
  }

  private func withPacked<Result>(
    _ body: (UnsafePointer<ProtobufCMessage>) throws(OnnxError) -> Result
  ) throws(OnnxError) -> Result {
    let encoder = Encoder()
    let message = try encoder.model(self)
    defer { withExtendedLifetime((encoder.arena, self)) {} }
    return try body(UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self))
  }
}
