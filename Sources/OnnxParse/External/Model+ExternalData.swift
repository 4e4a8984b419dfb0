extension Model {
  /// Reads and checks the model in the file at `path` for being run or rewritten: with the weights
  /// that are in files beside it, and without functions of its own.
  ///
  /// Files are mapped, as by ``load(path:)``. What is read from other files is, once the model is
  /// written again, in its own.
  ///
  /// - Throws: ``OnnxError`` as ``load(path:)``, ``readExternalData()`` and ``inlineFunctions()``.
  public static func open(path: String) throws(OnnxError) -> Model {
    var model = try load(path: path)
    try model.readExternalData()
    try model.inlineFunctions()
    return model
  }

  /// Gives tensors whose values are in other files (`data_location: EXTERNAL`) these values, mapped
  /// from there.
  ///
  /// - Returns: The files, as the model names them.
  /// - Throws: ``OnnxError`` naming the tensor, where its file is not in the model's folder, is a
  ///   link, can't be read, or does not hold what the tensor says; or where the model is in no file.
  @discardableResult
  public mutating func readExternalData() throws(OnnxError) -> [String] {
    try readExternalData(standIns: [:])
  }

  /// - Parameter standIns: Files to be read instead of those that the model names.
  @discardableResult
  mutating func readExternalData(standIns: [String: String]) throws(OnnxError) -> [String] {
    var reader = ExternalDataReader(model: file, standIns: standIns)
    do throws(OnnxError) {
      try within("graph") { () throws(OnnxError) in try reader.read(&graph) }
      for index in functions.indices {
        let place = elementPlace("functions", index, functions[index].name)
        try within(place) { () throws(OnnxError) in
          try reader.read(&functions[index].attributeDefaults)
          try reader.read(&functions[index].nodes)
        }
      }
    } catch {
      throw error.inFile(file)
    }
    return reader.locations.sorted()
  }
}

/// Puts the values of external tensors in their place.
private struct ExternalDataReader {
  /// Path of the model's file.
  let model: String?
  let standIns: [String: String]
  private(set) var locations: Set<String> = []
  private var folder: ExternalFolder?

  init(model: String?, standIns: [String: String]) {
    self.model = model
    self.standIns = standIns
  }

  mutating func read(_ graph: inout Graph) throws(OnnxError) {
    for index in graph.initializers.indices { try read(&graph.initializers[index]) }
    for index in graph.sparseInitializers.indices {
      try read(&graph.sparseInitializers[index])
    }
    try read(&graph.nodes)
  }

  mutating func read(_ nodes: inout [Node]) throws(OnnxError) {
    // Nodes without tensors are not touched: writing to an array of many copies it.
    for index in nodes.indices where nodes[index].attributes.contains(where: \.mayHoldTensors) {
      try read(&nodes[index].attributes)
    }
  }

  mutating func read(_ attributes: inout [Attribute]) throws(OnnxError) {
    for index in attributes.indices where attributes[index].mayHoldTensors {
      try read(&attributes[index].value)
    }
  }

  private mutating func read(_ value: inout Attribute.Value) throws(OnnxError) {
    switch value {
    case .tensor(var tensor):
      try read(&tensor)
      value = .tensor(tensor)
    case .tensors(var tensors):
      for index in tensors.indices { try read(&tensors[index]) }
      value = .tensors(tensors)
    case .sparseTensor(var tensor):
      try read(&tensor)
      value = .sparseTensor(tensor)
    case .sparseTensors(var tensors):
      for index in tensors.indices { try read(&tensors[index]) }
      value = .sparseTensors(tensors)
    case .graph(var graph):
      try read(&graph)
      value = .graph(graph)
    case .graphs(var graphs):
      for index in graphs.indices { try read(&graphs[index]) }
      value = .graphs(graphs)
    default: break
    }
  }

  private mutating func read(_ tensor: inout SparseTensorProto) throws(OnnxError) {
    try read(&tensor.values)
    try read(&tensor.indices)
  }

  private mutating func folder(of model: String) throws(OnnxError) -> ExternalFolder {
    if let folder { return folder }
    let opened = try ExternalFolder(ofModel: model)
    folder = opened
    return opened
  }

  private mutating func read(_ tensor: inout TensorProto) throws(OnnxError) {
    guard case .external(let entries) = tensor.payload else { return }
    do throws(OnnxError) {
      guard let model else {
        throw OnnxError(.unsupported("external data of a model that is in no file"))
      }
      let location = try ExternalLocation(entries, standIns: standIns)
      let count = try tensor.checkedByteCount()
      let folder = try folder(of: model)
      tensor.payload = .raw(try folder.bytes(at: location, byteCount: count))
      locations.insert(location.path)
    } catch {
      throw tensor.label.map { error.within($0) } ?? error
    }
  }
}

extension Attribute {
  fileprivate var mayHoldTensors: Bool {
    switch value {
    case .tensor, .tensors, .sparseTensor, .sparseTensors, .graph, .graphs: true
    default: false
    }
  }
}
