import COnnx

extension Decoder {
  func graph(_ message: Onnx__GraphProto) throws(OnnxError) -> Graph {
    Graph(
      name: try text(message.name, "name"),
      nodes: try list(message.node, message.n_node, "node", name: \.name, node),
      inputs: try list(message.input, message.n_input, "input", name: \.name, valueInfo),
      outputs: try list(message.output, message.n_output, "output", name: \.name, valueInfo),
      valueInfo: try list(
        message.value_info, message.n_value_info, "value_info", name: \.name, valueInfo),
      initializers: try list(
        message.initializer, message.n_initializer, "initializer", name: \.name, tensor),
      sparseInitializers: try list(
        message.sparse_initializer, message.n_sparse_initializer, "sparse_initializer",
        sparseTensor),
      quantizationAnnotations: try list(
        message.quantization_annotation, message.n_quantization_annotation,
        "quantization_annotation", name: \.tensor_name, annotation),
      docString: try text(message.doc_string, "doc_string"),
      metadata: try pairs(message.metadata_props, message.n_metadata_props, "metadata_props"),
      unknownFields: unknownFields(message.base))
  }

  func node(_ message: Onnx__NodeProto) throws(OnnxError) -> Node {
    Node(
      name: try text(message.name, "name"),
      opType: try text(message.op_type, "op_type"),
      domain: try text(message.domain, "domain"),
      overload: try text(message.overload, "overload"),
      inputs: try texts(message.input, message.n_input, "input"),
      outputs: try texts(message.output, message.n_output, "output"),
      attributes: try list(
        message.attribute, message.n_attribute, "attribute", name: \.name, attribute),
      docString: try text(message.doc_string, "doc_string"),
      metadata: try pairs(message.metadata_props, message.n_metadata_props, "metadata_props"),
      unknownFields: unknownFields(message.base))
  }

  func annotation(_ message: Onnx__TensorAnnotation) throws(OnnxError) -> TensorAnnotation {
    TensorAnnotation(
      tensorName: try text(message.tensor_name, "tensor_name"),
      parameters: try pairs(
        message.quant_parameter_tensor_names, message.n_quant_parameter_tensor_names,
        "quant_parameter_tensor_names"),
      unknownFields: unknownFields(message.base))
  }
}
