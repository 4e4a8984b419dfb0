import COnnx

extension Decoder {
  func attribute(_ message: Onnx__AttributeProto) throws(OnnxError) -> Attribute {
    let declared = message.has_type != 0 ? Int32(message.type.rawValue) : 0
    return Attribute(
      name: try text(message.name, "name"),
      value: try value(message, declared),
      refAttrName: try text(message.ref_attr_name, "ref_attr_name"),
      declaredType: declared,
      docString: try text(message.doc_string, "doc_string"),
      unknownFields: unknownFields(message.base))
  }

  /// The value of the declared type; files of IR version 1 declare none, there it is the one set.
  private func value(
    _ message: Onnx__AttributeProto, _ declared: Int32
  ) throws(OnnxError) -> Attribute.Value {
    let held = heldKinds(message)
    guard held.count <= 1 else {
      throw OnnxError(.invalid("holds values of two types, \(held[0]) and \(held[1])"))
    }
    if declared == 0 {
      guard let kind = held.first else { return .undefined }
      return try value(message, of: kind)
    }
    let kind = AttributeKind(rawValue: declared)
    if let other = held.first, other != kind {
      let name = kind.map { "\($0)" } ?? "number \(declared)"
      throw OnnxError(.invalid("its type is \(name), but it holds a value of type \(other)"))
    }
    let isReference = message.ref_attr_name.map { $0.pointee != 0 } ?? false
    guard let kind, !(isReference && held.isEmpty) else { return .undefined }
    return try value(message, of: kind)
  }

  private func heldKinds(_ message: Onnx__AttributeProto) -> [AttributeKind] {
    let holds: [(AttributeKind, Bool)] = [
      (.float, message.has_f != 0), (.int, message.has_i != 0), (.string, message.has_s != 0),
      (.tensor, message.t != nil), (.graph, message.g != nil), (.floats, message.n_floats > 0),
      (.ints, message.n_ints > 0), (.strings, message.n_strings > 0),
      (.tensors, message.n_tensors > 0), (.graphs, message.n_graphs > 0),
      (.sparseTensor, message.sparse_tensor != nil),
      (.sparseTensors, message.n_sparse_tensors > 0), (.typeProto, message.tp != nil),
      (.typeProtos, message.n_type_protos > 0),
    ]
    return holds.filter(\.1).map(\.0)
  }

  /// The value of `kind`; a number or string that is absent has proto2's default, 0 or empty.
  private func value(
    _ message: Onnx__AttributeProto, of kind: AttributeKind
  ) throws(OnnxError) -> Attribute.Value {
    switch kind {
    case .float: .float(message.has_f != 0 ? message.f : 0)
    case .int: .int(message.has_i != 0 ? message.i : 0)
    case .string: .string(message.has_s != 0 ? bytes(message.s) : [])
    case .floats: .floats(array(message.floats, message.n_floats))
    case .ints: .ints(array(message.ints, message.n_ints))
    case .strings: .strings(byteStrings(message.strings, message.n_strings))
    case .tensor: .tensor(try single(message.t, "t", tensor))
    case .graph: .graph(try single(message.g, "g", graph))
    case .sparseTensor:
      .sparseTensor(try single(message.sparse_tensor, "sparse_tensor", sparseTensor))
    case .typeProto: .type(try single(message.tp, "tp", type))
    case .tensors:
      .tensors(try list(message.tensors, message.n_tensors, "tensors", name: \.name, tensor))
    case .graphs: .graphs(try list(message.graphs, message.n_graphs, "graphs", name: \.name, graph))
    case .sparseTensors:
      .sparseTensors(
        try list(message.sparse_tensors, message.n_sparse_tensors, "sparse_tensors", sparseTensor))
    case .typeProtos:
      .types(try list(message.type_protos, message.n_type_protos, "type_protos", type))
    }
  }

  /// A message that must be there.
  func single<Message, Element>(
    _ message: UnsafeMutablePointer<Message>?, _ field: String,
    _ decode: (Message) throws(OnnxError) -> Element
  ) throws(OnnxError) -> Element {
    guard let message else { throw OnnxError(.invalid("\(field) is missing")) }
    do { return try decode(message.pointee) } catch { throw error.within(field) }
  }
}
