extension Model {
  /// The files that tensors of the model are in and have not been read from, without `./`. Entries
  /// that name no file in the model's folder are left out.
  var externalLocations: Set<String> {
    var locations: Set<String> = []
    graph.collectLocations(into: &locations)
    for function in functions {
      collectAttributeLocations(of: function.attributeDefaults, into: &locations)
      for node in function.nodes {
        collectAttributeLocations(of: node.attributes, into: &locations)
      }
    }
    return locations
  }
}

extension Graph {
  fileprivate func collectLocations(into locations: inout Set<String>) {
    for tensor in initializers { tensor.collectLocation(into: &locations) }
    for tensor in sparseInitializers { tensor.collectLocations(into: &locations) }
    for node in nodes { collectAttributeLocations(of: node.attributes, into: &locations) }
  }
}

extension SparseTensorProto {
  fileprivate func collectLocations(into locations: inout Set<String>) {
    values.collectLocation(into: &locations)
    indices.collectLocation(into: &locations)
  }
}

extension TensorProto {
  fileprivate func collectLocation(into locations: inout Set<String>) {
    guard case .external(let entries) = payload,
      let location = try? ExternalLocation(entries)
    else { return }
    locations.insert(location.path)
  }
}

private func collectAttributeLocations(
  of attributes: [Attribute], into locations: inout Set<String>
) {
  for attribute in attributes {
    switch attribute.value {
    case .tensor(let tensor): tensor.collectLocation(into: &locations)
    case .tensors(let tensors): for tensor in tensors { tensor.collectLocation(into: &locations) }
    case .sparseTensor(let tensor): tensor.collectLocations(into: &locations)
    case .sparseTensors(let tensors):
      for tensor in tensors { tensor.collectLocations(into: &locations) }
    case .graph(let graph): graph.collectLocations(into: &locations)
    case .graphs(let graphs): for graph in graphs { graph.collectLocations(into: &locations) }
    default: break
    }
  }
}
