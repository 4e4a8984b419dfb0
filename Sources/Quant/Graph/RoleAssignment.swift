/// Gives every product and Add of a graph its place.
struct RoleAssignment {
  private let flow: ActivationFlow
  private let encoder: EncoderParts
  private(set) var places: [Int: NodePlace] = [:]
  /// How far each value has come, by name: 0 before the encoder, 2k + 1 from the attention of layer k
  /// on, 2k + 2 from its MLP on.
  private var progress: [String: Int] = [:]
  /// Nodes that something of the encoder depends on.
  private var beforeEncoder: Set<Int> = []
  /// Nodes that a product depends on.
  private var beforeProduct: Set<Int> = []

  init(flow: ActivationFlow, encoder: EncoderParts) {
    self.flow = flow
    self.encoder = encoder
  }

  mutating func assign() {
    let layers = followProgress()
    placeAttentions()
    placePerceptrons(layers)
    findSuccessors()
    let positions = flow.index.nodes.indices
    for position in positions where flow.isProduct(position) && places[position] == nil {
      places[position] = product(position)
    }
    placeLayerNorms()
    for position in positions where flow.isAdd(position) {
      if let bias = bias(position) { places[position] = bias }
    }
    placeActivations(layers)
    for position in positions where flow.isAdd(position) && places[position] == nil {
      places[position] = sum(position)
    }
  }

  /// Fills ``progress``.
  ///
  /// - Returns: the layer of each MLP, by the position of its last product.
  private mutating func followProgress() -> [Int: Int] {
    let contexts = Dictionary(
      encoder.attentions.enumerated().map { ($1.context, $0) }, uniquingKeysWith: { $1 })
    let ends = Set(encoder.perceptrons.map(\.second))
    var layers: [Int: Int] = [:]
    for (position, node) in flow.index.nodes.enumerated() {
      var level = reached(position)
      if let layer = contexts[position] { level = max(level, 2 * layer + 1) }
      if ends.contains(position), !contexts.isEmpty {
        // An MLP beside its layer's attention has not come past it.
        let layer = min(level / 2, contexts.count - 1)
        layers[position] = layer
        level = 2 * layer + 2
      }
      for output in node.outputs { progress[output] = level }
    }
    return layers
  }

  private func reached(_ position: Int) -> Int {
    flow.operands(of: position).compactMap { progress[$0] }.max() ?? 0
  }

  private mutating func placeAttentions() {
    for (layer, attention) in encoder.attentions.enumerated() {
      func place(_ role: NodeRole) -> NodePlace {
        NodePlace(role: role, layer: layer, block: .attention)
      }
      for (position, role) in attention.projections { places[position] = place(role) }
      for position in attention.masks { places[position] = place(.maskAdd) }
      places[attention.scores] = place(.scores)
      places[attention.context] = place(.context)
      if let output = attention.output { places[output] = place(.attentionOutput) }
      if let residual = attention.residual { places[residual] = place(.residualAdd) }
    }
  }

  private mutating func placePerceptrons(_ layers: [Int: Int]) {
    for mlp in encoder.perceptrons {
      guard let layer = layers[mlp.second] else { continue }
      for position in mlp.first {
        places[position] = NodePlace(role: .fc1, layer: layer, block: .mlp)
      }
      places[mlp.second] = NodePlace(role: .fc2, layer: layer, block: .mlp)
      places[mlp.residual] = NodePlace(role: .residualAdd, layer: layer, block: .mlp)
    }
  }

  /// What is left inside an MLP once biases and normalizations have their places.
  private mutating func placeActivations(_ layers: [Int: Int]) {
    for mlp in encoder.perceptrons {
      guard let layer = layers[mlp.second] else { continue }
      for position in mlp.inside where flow.isAdd(position) && places[position] == nil {
        places[position] = NodePlace(role: .geluAdd, layer: layer, block: .mlp)
      }
    }
  }

  /// Fills ``beforeEncoder``, from what has a place by now, and ``beforeProduct``.
  private mutating func findSuccessors() {
    for (position, node) in flow.index.nodes.enumerated().reversed() {
      for reader in node.outputs.flatMap(flow.index.readers) {
        if places[reader] != nil || beforeEncoder.contains(reader) {
          beforeEncoder.insert(position)
        }
        if flow.isProduct(reader) || beforeProduct.contains(reader) {
          beforeProduct.insert(position)
        }
      }
    }
  }

  /// A node of `role` where what it reads comes from says that it lies.
  private func place(_ position: Int, _ role: NodeRole) -> NodePlace {
    guard !encoder.attentions.isEmpty, !flow.operands(of: position).isEmpty else {
      return NodePlace(role: role)
    }
    let level = reached(position)
    if level == 0 { return NodePlace(role: role, block: .embedding) }
    if !beforeEncoder.contains(position) { return NodePlace(role: role, block: .head) }
    return NodePlace(
      role: role, layer: (level - 1) / 2, block: level.isMultiple(of: 2) ? .mlp : .attention)
  }

  /// The place of a product outside attentions and MLPs.
  private func product(_ position: Int) -> NodePlace {
    var place = place(position, .other)
    guard flow.isWeighted(position) else { return place }
    if place.block == .embedding, beforeEncoder.contains(position) { place.role = .patchEmbedding }
    if place.block == .head, !beforeProduct.contains(position) { place.role = .classifier }
    return place
  }

  /// A normalization belongs to the product that reads it.
  private mutating func placeLayerNorms() {
    for (root, node) in flow.index.nodes.enumerated() {
      guard node.isStandard, node.opType == "Sqrt",
        case let nodes = LayerNormPattern.nodes(around: root, in: flow.index),
        let last = nodes.max()
      else { continue }
      let reader = flow.descend(from: last, through: OperatorNames.movement) { reader, _ in
        flow.isProduct(reader)
      }
      for position in nodes where flow.isAdd(position) {
        var place = reader.flatMap { places[$0] } ?? place(position, .other)
        place.role = .layerNormAdd
        places[position] = place
      }
    }
  }

  /// The place of an Add of a bias; nil for another, or one that has a place.
  private func bias(_ position: Int) -> NodePlace? {
    guard places[position] == nil, let (activation, added) = addends(of: position),
      wideDimensions(of: added) ?? 1 < 2
    else { return nil }
    let above = flow.ascend(from: activation, through: OperatorNames.beforeBias)
    guard above.ends.count == 1, let source = above.ends.first else { return nil }
    if flow.isProduct(source), var place = places[source] {
      (place.role, place.of) = (.biasAdd, place.role)
      return place
    }
    guard flow.index.nodes[source].isStandard, flow.index.nodes[source].opType == "Conv" else {
      return nil
    }
    var place = place(position, .biasAdd)
    if place.block == .embedding { place.of = .patchEmbedding }
    return place
  }

  /// The activation that an Add reads and what it adds to it; nil where that is an activation as well.
  private func addends(of position: Int) -> (activation: String, added: String)? {
    let operands = flow.operands(of: position)
    guard operands.count == 1, case let inputs = flow.index.nodes[position].inputs,
      inputs.count == 2, let added = inputs.first(where: { $0 != operands[0] })
    else { return nil }
    return (operands[0], added)
  }

  /// The number of dimensions above 1 of the constant `value`; nil where it is none.
  private func wideDimensions(of value: String) -> Int? {
    flow.index.constant(value)?.dims.count { $0 > 1 }
  }

  /// The place of an Add that is part of nothing found so far.
  private func sum(_ position: Int) -> NodePlace {
    let operands = flow.operands(of: position)
    var place = place(position, .other)
    if operands.count == 2 {
      let isSkip = zip(operands, operands.reversed()).contains { value, other in
        flow.index.producer(of: value).map { flow.index.depends($0, on: other) } ?? false
      }
      if isSkip { place.role = .residualAdd }
    } else if place.block == .embedding, let (_, added) = addends(of: position) {
      // Fewer dimensions are an offset to each channel.
      if wideDimensions(of: added) ?? 2 > 1 { place.role = .positionAdd }
    }
    return place
  }
}
