import COnnx

extension Encoder {
  func tensor(_ tensor: TensorProto) throws(OnnxError) -> UnsafeMutablePointer<Onnx__TensorProto> {
    let message = make(onnx__tensor_proto__init)
    message.pointee.name = try text(tensor.name)
    (message.pointee.n_dims, message.pointee.dims) = array(tensor.dims)
    (message.pointee.has_data_type, message.pointee.data_type) = (1, tensor.dataTypeNumber)
    try set(tensor.payload, of: &message.pointee)
    message.pointee.doc_string = try text(tensor.docString)
    (message.pointee.n_metadata_props, message.pointee.metadata_props) =
      try pairs(tensor.metadata, "metadata_props")
    setUnknownFields(tensor.unknownFields, of: &message.pointee.base)
    return message
  }

  func sparseTensor(
    _ tensor: SparseTensorProto
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__SparseTensorProto> {
    let message = make(onnx__sparse_tensor_proto__init)
    message.pointee.values = try within("values") { () throws(OnnxError) in
      try self.tensor(tensor.values)
    }
    message.pointee.indices = try within("indices") { () throws(OnnxError) in
      try self.tensor(tensor.indices)
    }
    (message.pointee.n_dims, message.pointee.dims) = array(tensor.dims)
    setUnknownFields(tensor.unknownFields, of: &message.pointee.base)
    return message
  }

  private func set(
    _ payload: TensorProto.Payload, of message: inout Onnx__TensorProto
  ) throws(OnnxError) {
    switch payload {
    case .raw(let bytes):
      message.has_raw_data = 1
      message.raw_data = bytes.withUnsafeBytes {
        // protobuf-c only reads it; its structs have no const.
        ProtobufCBinaryData(
          len: $0.count,
          data: UnsafeMutableRawPointer(mutating: $0.baseAddress)?
            .assumingMemoryBound(to: UInt8.self))
      }
    case .floats(let values): (message.n_float_data, message.float_data) = array(values)
    case .int32s(let values): (message.n_int32_data, message.int32_data) = array(values)
    case .int64s(let values): (message.n_int64_data, message.int64_data) = array(values)
    case .doubles(let values): (message.n_double_data, message.double_data) = array(values)
    case .uint64s(let values): (message.n_uint64_data, message.uint64_data) = array(values)
    case .strings(let values):
      (message.n_string_data, message.string_data) = byteStrings(values)
    case .external(let entries):
      message.has_data_location = 1
      message.data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
      (message.n_external_data, message.external_data) = try pairs(entries, "external_data")
    }
  }
}
