import COnnx

extension Decoder {
  func model(_ message: Onnx__ModelProto) throws(OnnxError) -> Model {
    guard let graph = message.graph else {
      throw OnnxError(.malformed("there is no graph in it"))
    }
    return Model(
      irVersion: message.has_ir_version != 0 ? message.ir_version : 0,
      opsetImports: try operatorSets(message.opset_import, message.n_opset_import),
      producerName: try text(message.producer_name, "producer_name"),
      producerVersion: try text(message.producer_version, "producer_version"),
      domain: try text(message.domain, "domain"),
      modelVersion: message.has_model_version != 0 ? message.model_version : 0,
      docString: try text(message.doc_string, "doc_string"),
      graph: try within("graph") { () throws(OnnxError) in try self.graph(graph.pointee) },
      metadata: try pairs(message.metadata_props, message.n_metadata_props, "metadata_props"),
      functions: try list(
        message.functions, message.n_functions, "functions", name: \.name, function),
      unknownFields: unknownFields(message.base))
  }

  func operatorSets(
    _ items: CList<Onnx__OperatorSetIdProto>, _ count: Int
  ) throws(OnnxError) -> [OperatorSetID] {
    try list(items, count, "opset_import") { (message) throws(OnnxError) in
      OperatorSetID(
        domain: try text(message.domain, "domain"),
        version: message.has_version != 0 ? message.version : 0,
        unknownFields: unknownFields(message.base))
    }
  }

  func function(_ message: Onnx__FunctionProto) throws(OnnxError) -> FunctionProto {
    FunctionProto(
      name: try text(message.name, "name"),
      domain: try text(message.domain, "domain"),
      overload: try text(message.overload, "overload"),
      inputs: try texts(message.input, message.n_input, "input"),
      outputs: try texts(message.output, message.n_output, "output"),
      attributes: try texts(message.attribute, message.n_attribute, "attribute"),
      attributeDefaults: try list(
        message.attribute_proto, message.n_attribute_proto, "attribute_proto", name: \.name,
        attribute),
      nodes: try list(message.node, message.n_node, "node", name: \.name, node),
      opsetImports: try operatorSets(message.opset_import, message.n_opset_import),
      valueInfo: try list(
        message.value_info, message.n_value_info, "value_info", name: \.name, valueInfo),
      docString: try text(message.doc_string, "doc_string"),
      metadata: try pairs(message.metadata_props, message.n_metadata_props, "metadata_props"),
      unknownFields: unknownFields(message.base))
  }
}
