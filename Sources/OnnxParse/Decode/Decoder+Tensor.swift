import COnnx

extension Decoder {
  func tensor(_ message: Onnx__TensorProto) throws(OnnxError) -> TensorProto {
    let dataType = message.has_data_type != 0 ? message.data_type : 0
    return TensorProto(
      name: try text(message.name, "name"),
      dims: array(message.dims, message.n_dims),
      dataTypeNumber: dataType,
      payload: try payload(message, DataType(rawValue: dataType)),
      docString: try text(message.doc_string, "doc_string"),
      metadata: try pairs(message.metadata_props, message.n_metadata_props, "metadata_props"),
      unknownFields: unknownFields(message.base))
  }

  func sparseTensor(_ message: Onnx__SparseTensorProto) throws(OnnxError) -> SparseTensorProto {
    SparseTensorProto(
      values: try single(message.values, "values", tensor),
      indices: try single(message.indices, "indices", tensor),
      dims: array(message.dims, message.n_dims),
      unknownFields: unknownFields(message.base))
  }

  private func payload(
    _ message: Onnx__TensorProto, _ dataType: DataType?
  ) throws(OnnxError) -> TensorProto.Payload {
    let held = heldForms(message)
    guard held.count <= 1 else {
      throw OnnxError(
        .invalid("holds data twice, as \(held[0].rawValue) and as \(held[1].rawValue)"))
    }
    // A tensor without elements may have no data field at all.
    switch held.first ?? dataType?.typedForm ?? .raw {
    case .raw: return .raw(try rawData(message))
    case .floats: return .floats(array(message.float_data, message.n_float_data))
    case .int32s: return .int32s(array(message.int32_data, message.n_int32_data))
    case .int64s: return .int64s(array(message.int64_data, message.n_int64_data))
    case .doubles: return .doubles(array(message.double_data, message.n_double_data))
    case .uint64s: return .uint64s(array(message.uint64_data, message.n_uint64_data))
    case .strings: return .strings(byteStrings(message.string_data, message.n_string_data))
    case .external:
      return .external(
        try pairs(message.external_data, message.n_external_data, "external_data"))
    }
  }

  private func heldForms(_ message: Onnx__TensorProto) -> [StorageForm] {
    let isExternal =
      message.has_data_location != 0
      && message.data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
    let holds: [(StorageForm, Bool)] = [
      (.raw, message.has_raw_data != 0), (.floats, message.n_float_data > 0),
      (.int32s, message.n_int32_data > 0), (.int64s, message.n_int64_data > 0),
      (.doubles, message.n_double_data > 0), (.uint64s, message.n_uint64_data > 0),
      (.strings, message.n_string_data > 0),
      (.external, isExternal || message.n_external_data > 0),
    ]
    return holds.filter(\.1).map(\.0)
  }

  private func rawData(_ message: Onnx__TensorProto) throws(OnnxError) -> Bytes {
    guard message.has_raw_data != 0 else { return Bytes() }
    guard let place = RawDataPlace(message.raw_data) else {
      throw OnnxError(.malformed("raw_data can't be found in the file"))
    }
    return Bytes(region: region, offset: place.offset, count: place.count)
  }
}
