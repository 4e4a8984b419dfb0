import COnnx

extension Encoder {
  func valueInfo(
    _ value: ValueInfo
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__ValueInfoProto> {
    let message = make(onnx__value_info_proto__init)
    message.pointee.name = try text(value.name)
    if let type = value.type {
      message.pointee.type = try within("type") { () throws(OnnxError) in try self.type(type) }
    }
    message.pointee.doc_string = try text(value.docString)
    (message.pointee.n_metadata_props, message.pointee.metadata_props) =
      try pairs(value.metadata, "metadata_props")
    setUnknownFields(value.unknownFields, of: &message.pointee.base)
    return message
  }

  func type(_ type: TypeProto) throws(OnnxError) -> UnsafeMutablePointer<Onnx__TypeProto> {
    let message = make(onnx__type_proto__init)
    message.pointee.denotation = try text(type.denotation)
    setUnknownFields(type.unknownFields, of: &message.pointee.base)
    let unknownFields = type.details.unknownKindFields
    switch type.kind {
    case .none: break
    case .tensor(let elementType, let dims):
      message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
      message.pointee.tensor_type = try tensorType(elementType, dims, type.details)
    case .sparseTensor(let elementType, let dims):
      message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE
      message.pointee.sparse_tensor_type = try tensorType(elementType, dims, type.details)
    case .sequence(let element):
      let sequence = make(onnx__type_proto__sequence__init)
      sequence.pointee.elem_type = try self.type(element)
      setUnknownFields(unknownFields, of: &sequence.pointee.base)
      message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE
      message.pointee.sequence_type = sequence
    case .optional(let element):
      let optional = make(onnx__type_proto__optional__init)
      optional.pointee.elem_type = try self.type(element)
      setUnknownFields(unknownFields, of: &optional.pointee.base)
      message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE
      message.pointee.optional_type = optional
    case .map(let keyType, let value):
      let map = make(onnx__type_proto__map__init)
      (map.pointee.has_key_type, map.pointee.key_type) = (1, keyType)
      map.pointee.value_type = try self.type(value)
      setUnknownFields(unknownFields, of: &map.pointee.base)
      message.pointee.value_case = ONNX__TYPE_PROTO__VALUE_MAP_TYPE
      message.pointee.map_type = map
    }
    return message
  }

  private func tensorType(
    _ elementType: Int32, _ dims: [Dimension]?, _ details: TypeDetails
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__TypeProto__Tensor> {
    let message = make(onnx__type_proto__tensor__init)
    (message.pointee.has_elem_type, message.pointee.elem_type) = (1, elementType)
    setUnknownFields(details.unknownKindFields, of: &message.pointee.base)
    guard let dims else { return message }
    let shape = make(onnx__tensor_shape_proto__init)
    let items = dims.enumerated().map { index, dimension in
      (dimension, index < details.dimensions.count ? details.dimensions[index] : .init())
    }
    (shape.pointee.n_dim, shape.pointee.dim) = try list(items, "dim", self.dimension)
    setUnknownFields(details.unknownShapeFields, of: &shape.pointee.base)
    message.pointee.shape = shape
    return message
  }

  private func dimension(
    _ item: (Dimension, TypeDetails.DimensionDetails)
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__TensorShapeProto__Dimension> {
    let message = make(onnx__tensor_shape_proto__dimension__init)
    switch item.0 {
    case .unknown: break
    case .size(let size):
      message.pointee.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
      message.pointee.dim_value = size
    case .symbol(let symbol):
      message.pointee.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
      message.pointee.dim_param = try requiredText(symbol)
    }
    message.pointee.denotation = try text(item.1.denotation)
    setUnknownFields(item.1.unknownFields, of: &message.pointee.base)
    return message
  }
}
