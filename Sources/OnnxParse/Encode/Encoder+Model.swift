import COnnx

extension Encoder {
  func model(_ model: Model) throws(OnnxError) -> UnsafeMutablePointer<Onnx__ModelProto> {
    let message = make(onnx__model_proto__init)
    message.pointee.has_ir_version = 1
    message.pointee.ir_version = model.irVersion
    (message.pointee.n_opset_import, message.pointee.opset_import) =
      try operatorSets(model.opsetImports)
    message.pointee.producer_name = try text(model.producerName)
    message.pointee.producer_version = try text(model.producerVersion)
    message.pointee.domain = try text(model.domain)
    message.pointee.has_model_version = model.modelVersion != 0 ? 1 : 0
    message.pointee.model_version = model.modelVersion
    message.pointee.doc_string = try text(model.docString)
    message.pointee.graph = try within("graph") { () throws(OnnxError) in try graph(model.graph) }
    (message.pointee.n_metadata_props, message.pointee.metadata_props) =
      try pairs(model.metadata, "metadata_props")
    (message.pointee.n_functions, message.pointee.functions) =
      try list(model.functions, "functions", name: \.name, function)
    setUnknownFields(model.unknownFields, of: &message.pointee.base)
    return message
  }

  private func operatorSets(
    _ sets: [OperatorSetID]
  ) throws(OnnxError) -> (Int, CList<Onnx__OperatorSetIdProto>) {
    try list(sets, "opset_import") { (set) throws(OnnxError) in
      let message = make(onnx__operator_set_id_proto__init)
      message.pointee.domain = try text(set.domain)
      message.pointee.has_version = 1
      message.pointee.version = set.version
      setUnknownFields(set.unknownFields, of: &message.pointee.base)
      return message
    }
  }

  private func function(
    _ function: FunctionProto
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__FunctionProto> {
    let message = make(onnx__function_proto__init)
    message.pointee.name = try text(function.name)
    message.pointee.domain = try text(function.domain)
    message.pointee.overload = try text(function.overload)
    (message.pointee.n_input, message.pointee.input) = try texts(function.inputs)
    (message.pointee.n_output, message.pointee.output) = try texts(function.outputs)
    (message.pointee.n_attribute, message.pointee.attribute) = try texts(function.attributes)
    (message.pointee.n_attribute_proto, message.pointee.attribute_proto) =
      try list(function.attributeDefaults, "attribute_proto", name: \.name, attribute)
    (message.pointee.n_node, message.pointee.node) =
      try list(function.nodes, "node", name: \.name, node)
    (message.pointee.n_opset_import, message.pointee.opset_import) =
      try operatorSets(function.opsetImports)
    (message.pointee.n_value_info, message.pointee.value_info) =
      try list(function.valueInfo, "value_info", name: \.name, valueInfo)
    message.pointee.doc_string = try text(function.docString)
    (message.pointee.n_metadata_props, message.pointee.metadata_props) =
      try pairs(function.metadata, "metadata_props")
    setUnknownFields(function.unknownFields, of: &message.pointee.base)
    return message
  }
}
