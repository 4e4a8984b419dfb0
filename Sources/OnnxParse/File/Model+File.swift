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

  init(region: ByteRegion, file: String?) throws(OnnxError) {
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
  /// - Parameter externalData: Where the weights are written; what is in another file than the
  ///   model's is in `path` with `.data` after it.
  /// - Throws: ``OnnxError`` where the file can't be written or the model can't be encoded.
  public func save(
    to path: String, externalData: ExternalDataPolicy = .automatic
  ) throws(OnnxError) {
    do throws(OnnxError) {
      let files = try written(to: path, externalData)
      try files.commit()
    } catch {
      throw error.inFile(path)
    }
  }

  /// As ``save(to:externalData:)``, where `check` has its say on what was written before that has its
  /// name.
  ///
  /// - Parameter check: Is given the model as it reads back from the disk; where it throws, what was
  ///   at `path` is still there and nothing else is left.
  /// - Throws: ``OnnxError`` as ``save(to:externalData:)`` and ``open(path:)`` do, or what `check`
  ///   throws.
  public func save(
    to path: String, externalData: ExternalDataPolicy = .automatic, check: (Model) throws -> Void
  ) throws {
    let files: ModelFiles
    let model: Model
    do throws(OnnxError) {
      files = try written(to: path, externalData)
      model = try files.read()
    } catch {
      throw error.inFile(path)
    }
    try check(model)
    try files.commit()
  }

  private func written(
    to path: String, _ policy: ExternalDataPolicy
  ) throws(OnnxError) -> ModelFiles {
    let data = policy.isExternal(self) ? try ExternalDataWriter(besideModel: path) : nil
    let model = try data?.moveWeights(of: self) ?? self
    let writer = try FileWriter(path: path)
    try model.withPacked { (message) throws(OnnxError) in try pack(message, to: writer) }
    try writer.finish()
    return ModelFiles(path: path, model: writer, data: data)
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

/// A model that is written and has no name yet, with the file of its weights where it has one.
private struct ModelFiles {
  let path: String
  let model: FileWriter
  let data: ExternalDataWriter?

  /// The model as it reads back.
  func read() throws(OnnxError) -> Model {
    var written = try Model(region: ByteRegion(mapping: model.temporaryPath), file: path)
    try written.readExternalData(standIns: data.map { [$0.location: $0.temporaryName] } ?? [:])
    try written.inlineFunctions()
    return written
  }

  /// Gives both files their names: the model is the last, since it refers to the other.
  func commit() throws(OnnxError) {
    try data?.commit()
    do throws(OnnxError) { try model.commit() } catch {
      data?.withdraw()
      throw error
    }
    data?.removeOutdated()
  }
}
