import COnnx

extension Encoder {
  func attribute(
    _ attribute: Attribute
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__AttributeProto> {
    let message = make(onnx__attribute_proto__init)
    message.pointee.name = try text(attribute.name)
    message.pointee.ref_attr_name = try text(attribute.refAttrName)
    message.pointee.doc_string = try text(attribute.docString)
    let type = attribute.value.kind?.rawValue ?? attribute.declaredType
    message.pointee.has_type = type != 0 ? 1 : 0
    message.pointee.type = Onnx__AttributeProto__AttributeType(
      rawValue: UInt32(bitPattern: type))
    try set(attribute.value, of: &message.pointee)
    setUnknownFields(attribute.unknownFields, of: &message.pointee.base)
    return message
  }

  private func set(
    _ value: Attribute.Value, of message: inout Onnx__AttributeProto
  ) throws(OnnxError) {
    switch value {
    case .undefined: break
    case .float(let value): (message.has_f, message.f) = (1, value)
    case .int(let value): (message.has_i, message.i) = (1, value)
    case .string(let value): (message.has_s, message.s) = (1, bytes(value))
    case .floats(let values): (message.n_floats, message.floats) = array(values)
    case .ints(let values): (message.n_ints, message.ints) = array(values)
    case .strings(let values): (message.n_strings, message.strings) = byteStrings(values)
    case .tensor(let value):
      message.t = try within("t") { () throws(OnnxError) in try tensor(value) }
    case .graph(let value):
      message.g = try within("g") { () throws(OnnxError) in try graph(value) }
    case .sparseTensor(let value):
      message.sparse_tensor = try within("sparse_tensor") { () throws(OnnxError) in
        try sparseTensor(value)
      }
    case .type(let value):
      message.tp = try within("tp") { () throws(OnnxError) in try type(value) }
    case .tensors(let values):
      (message.n_tensors, message.tensors) = try list(values, "tensors", name: \.name, tensor)
    case .graphs(let values):
      (message.n_graphs, message.graphs) = try list(values, "graphs", name: \.name, graph)
    case .sparseTensors(let values):
      (message.n_sparse_tensors, message.sparse_tensors) =
        try list(values, "sparse_tensors", sparseTensor)
    case .types(let values):
      (message.n_type_protos, message.type_protos) = try list(values, "type_protos", type)
    }
  }
}
