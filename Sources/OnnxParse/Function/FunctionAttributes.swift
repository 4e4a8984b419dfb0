/// The attributes that a function has at one call.
enum FunctionAttributes {
  /// The attributes of `call` and the defaults of `function` for the others, by name. Those that the
  /// function does not have are nobody's, as with ONNX Runtime.
  static func bind(_ function: FunctionProto, _ call: Node) -> [String: Attribute] {
    let defaults = function.attributeDefaults.map { ($0.name, $0) }
    return Dictionary(defaults + call.attributes.map { ($0.name, $0) }) { _, given in given }
  }

  /// `attribute`, which refers to `given`, with the value of that.
  ///
  /// - Throws: ``OnnxError`` where that is of another kind than the operator is to get.
  static func resolve(_ attribute: Attribute, _ given: Attribute) throws(OnnxError) -> Attribute {
    if let kind = AttributeKind(rawValue: attribute.declaredType), given.value.kind != kind {
      let other = given.value.kind.map { "\($0)" } ?? "nothing"
      throw OnnxError(
        .invalid("attribute \"\(given.name)\" is of type \(other), where the body takes \(kind)"))
    }
    var attribute = attribute
    attribute.value = given.value
    attribute.refAttrName = ""
    return attribute
  }
}
