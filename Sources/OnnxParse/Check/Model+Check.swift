extension Model {
  /// The newest version of the format that is known here.
  static let newestIRVersion: Int64 = 14

  /// Checks what can be checked without knowing any operator: versions, domains, names, order,
  /// tensors.
  ///
  /// - Throws: ``OnnxError`` that names the place and says what is wrong.
  public func check() throws(OnnxError) {
    do throws(OnnxError) {
      guard irVersion >= 1 else { throw OnnxError(.invalid("ir_version is missing")) }
      guard irVersion <= Model.newestIRVersion else {
        throw OnnxError(
          .unsupported(
            "ir_version \(irVersion); the newest that is read is \(Model.newestIRVersion)"))
      }
      let domains = try checkedDomains(opsetImports)
      let checker = GraphChecker(domains: domains)
      try within("graph") { () throws(OnnxError) in
        try checker.check(graph, outer: [])
      }
      try checkInputTypes()
      try checkFunctions(modelDomains: domains)
    } catch {
      throw error.inFile(file)
    }
  }

  /// Inputs of the model itself, unlike those of a subgraph, must say their type.
  private func checkInputTypes() throws(OnnxError) {
    let constants = Set(graph.initializers.map(\.name))
    for (index, input) in graph.inputs.enumerated()
    where input.type == nil && !constants.contains(input.name) {
      throw OnnxError(
        .invalid("the type is missing"), place: "graph." + elementPlace("input", index, input.name))
    }
  }

  private func checkFunctions(modelDomains: Set<String>) throws(OnnxError) {
    var seen: Set<[String]> = []
    for (index, function) in functions.enumerated() {
      try within(elementPlace("functions", index, function.name)) { () throws(OnnxError) in
        guard !function.name.isEmpty else { throw OnnxError(.invalid("the name is missing")) }
        let domain = GraphChecker.canonical(function.domain)
        guard seen.insert([domain, function.name, function.overload]).inserted else {
          throw OnnxError(.invalid("the function is defined twice"))
        }
        let domains =
          function.opsetImports.isEmpty ? modelDomains : try checkedDomains(function.opsetImports)
        try GraphChecker(domains: domains, isFunction: true).check(function)
      }
    }
  }
}

/// The domains of `imports`, each there once and with a version.
private func checkedDomains(_ imports: [OperatorSetID]) throws(OnnxError) -> Set<String> {
  guard !imports.isEmpty else {
    throw OnnxError(
      .invalid("opset_import is missing, so no operator has a meaning"))
  }
  var domains: Set<String> = []
  for (index, set) in imports.enumerated() {
    let domain = GraphChecker.canonical(set.domain)
    guard set.version >= 1 else {
      throw OnnxError(
        .invalid("version \(set.version) of domain \"\(domain)\" is not a version"),
        place: "opset_import[\(index)]")
    }
    guard domains.insert(domain).inserted else {
      throw OnnxError(
        .invalid("the domain \"\(domain)\" is imported twice"), place: "opset_import[\(index)]")
    }
  }
  return domains
}
