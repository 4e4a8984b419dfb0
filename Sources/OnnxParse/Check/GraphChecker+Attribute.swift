extension GraphChecker {
  /// Checks `attributes` of a node whose subgraphs may read the names in `scope`.
  func checkAttributes(
    _ attributes: [Attribute], _ scope: [Set<String>], field: String
  ) throws(OnnxError) {
    var names: Set<String> = []
    for (index, attribute) in attributes.enumerated() {
      do throws(OnnxError) {
        guard !attribute.name.isEmpty else { throw OnnxError(.invalid("the name is missing")) }
        guard names.insert(attribute.name).inserted else {
          throw OnnxError(.invalid("the attribute is there twice"))
        }
        try checkReference(attribute)
        try check(attribute.value, scope)
      } catch {
        throw error.within(elementPlace(field, index, attribute.name))
      }
    }
  }

  private func checkReference(_ attribute: Attribute) throws(OnnxError) {
    guard attribute.refAttrName.isEmpty else {
      guard isFunction else {
        throw OnnxError(.invalid("refers to an attribute of a function, outside of any function"))
      }
      guard attribute.value == .undefined else {
        throw OnnxError(.invalid("has a value and refers to an attribute of the function"))
      }
      return
    }
    guard attribute.value == .undefined else { return }
    throw OnnxError(
      attribute.declaredType == 0
        ? .invalid("has neither a type nor a value")
        : .unsupported("attribute type number \(attribute.declaredType)"))
  }

  private func check(_ value: Attribute.Value, _ scope: [Set<String>]) throws(OnnxError) {
    switch value {
    case .undefined, .float, .int, .string, .floats, .ints, .strings, .type, .types: break
    case .tensor(let tensor): try tensor.check()
    case .sparseTensor(let tensor): try tensor.check()
    case .graph(let graph): try check(graph, outer: scope)
    case .tensors(let tensors):
      for (index, tensor) in tensors.enumerated() {
        try within("tensors[\(index)]") { () throws(OnnxError) in try tensor.check() }
      }
    case .sparseTensors(let tensors):
      for (index, tensor) in tensors.enumerated() {
        try within("sparse_tensors[\(index)]") { () throws(OnnxError) in try tensor.check() }
      }
    case .graphs(let graphs):
      for (index, graph) in graphs.enumerated() {
        try within("graphs[\(index)]") { () throws(OnnxError) in try check(graph, outer: scope) }
      }
    }
  }

  /// Checks that no dimension of a value's type is negative.
  func check(_ value: ValueInfo, at place: @autoclosure () -> String) throws(OnnxError) {
    guard case .tensor(_, let dims?) = value.type?.kind else { return }
    for case .size(let size) in dims where size < 0 {
      throw OnnxError(.invalid("the dimension \(size) is negative"), place: place())
    }
  }
}
