import COnnx

extension Decoder {
  func valueInfo(_ message: Onnx__ValueInfoProto) throws(OnnxError) -> ValueInfo {
    ValueInfo(
      name: try text(message.name, "name"),
      type: message.type == nil ? nil : try single(message.type, "type", type),
      docString: try text(message.doc_string, "doc_string"),
      metadata: try pairs(message.metadata_props, message.n_metadata_props, "metadata_props"),
      unknownFields: unknownFields(message.base))
  }

  func type(_ message: Onnx__TypeProto) throws(OnnxError) -> TypeProto {
    var result = TypeProto(
      kind: .none, denotation: try text(message.denotation, "denotation"),
      unknownFields: unknownFields(message.base))
    switch message.value_case {
    case ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE:
      let (elementType, dims, details) = try single(message.tensor_type, "tensor_type", tensorType)
      result.kind = .tensor(elementType: elementType, dims: dims)
      result.details = details
    case ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE:
      let (elementType, dims, details) = try single(
        message.sparse_tensor_type, "sparse_tensor_type", tensorType)
      result.kind = .sparseTensor(elementType: elementType, dims: dims)
      result.details = details
    case ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE:
      let sequence = try single(message.sequence_type, "sequence_type") { $0 }
      result.kind = .sequence(try single(sequence.elem_type, "elem_type", type))
      result.details.unknownKindFields = unknownFields(sequence.base)
    case ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE:
      let optional = try single(message.optional_type, "optional_type") { $0 }
      result.kind = .optional(try single(optional.elem_type, "elem_type", type))
      result.details.unknownKindFields = unknownFields(optional.base)
    case ONNX__TYPE_PROTO__VALUE_MAP_TYPE:
      let map = try single(message.map_type, "map_type") { $0 }
      result.kind = .map(
        keyType: map.has_key_type != 0 ? map.key_type : 0,
        value: try single(map.value_type, "value_type", type))
      result.details.unknownKindFields = unknownFields(map.base)
    default: break
    }
    return result
  }

  private func tensorType(
    _ message: Onnx__TypeProto__Tensor
  ) throws(OnnxError) -> (Int32, [Dimension]?, TypeDetails) {
    let elementType = message.has_elem_type != 0 ? message.elem_type : 0
    var details = TypeDetails(unknownKindFields: unknownFields(message.base))
    guard let shape = message.shape?.pointee else { return (elementType, nil, details) }
    details.unknownShapeFields = unknownFields(shape.base)
    let dimensions = try list(shape.dim, shape.n_dim, "dim", dimension)
    if dimensions.contains(where: { $0.1 != TypeDetails.DimensionDetails() }) {
      details.dimensions = dimensions.map(\.1)
    }
    return (elementType, dimensions.map(\.0), details)
  }

  private func dimension(
    _ message: Onnx__TensorShapeProto__Dimension
  ) throws(OnnxError) -> (Dimension, TypeDetails.DimensionDetails) {
    let details = TypeDetails.DimensionDetails(
      denotation: try text(message.denotation, "denotation"),
      unknownFields: unknownFields(message.base))
    return switch message.value_case {
    case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE:
      // Some exporters write -1 for a dimension that they do not know.
      (message.dim_value == -1 ? .unknown : .size(message.dim_value), details)
    case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM:
      (.symbol(try text(message.dim_param, "dim_param")), details)
    default: (.unknown, details)
    }
  }
}
