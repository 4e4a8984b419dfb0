import COnnx

extension Encoder {
  func graph(_ graph: Graph) throws(OnnxError) -> UnsafeMutablePointer<Onnx__GraphProto> {
    let message = make(onnx__graph_proto__init)
    message.pointee.name = try text(graph.name)
    (message.pointee.n_node, message.pointee.node) =
      try list(graph.nodes, "node", name: \.name, node)
    (message.pointee.n_input, message.pointee.input) =
      try list(graph.inputs, "input", name: \.name, valueInfo)
    (message.pointee.n_output, message.pointee.output) =
      try list(graph.outputs, "output", name: \.name, valueInfo)
    (message.pointee.n_value_info, message.pointee.value_info) =
      try list(graph.valueInfo, "value_info", name: \.name, valueInfo)
    (message.pointee.n_initializer, message.pointee.initializer) =
      try list(graph.initializers, "initializer", name: \.name, tensor)
    (message.pointee.n_sparse_initializer, message.pointee.sparse_initializer) =
      try list(graph.sparseInitializers, "sparse_initializer", sparseTensor)
    (message.pointee.n_quantization_annotation, message.pointee.quantization_annotation) =
      try list(graph.quantizationAnnotations, "quantization_annotation", annotation)
    message.pointee.doc_string = try text(graph.docString)
    (message.pointee.n_metadata_props, message.pointee.metadata_props) =
      try pairs(graph.metadata, "metadata_props")
    setUnknownFields(graph.unknownFields, of: &message.pointee.base)
    return message
  }

  func node(_ node: Node) throws(OnnxError) -> UnsafeMutablePointer<Onnx__NodeProto> {
    let message = make(onnx__node_proto__init)
    (message.pointee.n_input, message.pointee.input) = try texts(node.inputs)
    (message.pointee.n_output, message.pointee.output) = try texts(node.outputs)
    message.pointee.name = try text(node.name)
    message.pointee.op_type = try text(node.opType)
    message.pointee.domain = try text(node.domain)
    message.pointee.overload = try text(node.overload)
    (message.pointee.n_attribute, message.pointee.attribute) =
      try list(node.attributes, "attribute", name: \.name, attribute)
    message.pointee.doc_string = try text(node.docString)
    (message.pointee.n_metadata_props, message.pointee.metadata_props) =
      try pairs(node.metadata, "metadata_props")
    setUnknownFields(node.unknownFields, of: &message.pointee.base)
    return message
  }

  private func annotation(
    _ annotation: TensorAnnotation
  ) throws(OnnxError) -> UnsafeMutablePointer<Onnx__TensorAnnotation> {
    let message = make(onnx__tensor_annotation__init)
    message.pointee.tensor_name = try text(annotation.tensorName)
    let parameters = try pairs(annotation.parameters, "quant_parameter_tensor_names")
    message.pointee.n_quant_parameter_tensor_names = parameters.0
    message.pointee.quant_parameter_tensor_names = parameters.1
    setUnknownFields(annotation.unknownFields, of: &message.pointee.base)
    return message
  }
}
