import ViTKernel

/// Finds and replaces groups of nodes; keeps who defines and who reads each value up to date.
///
/// The graph stays in topological order: a fused node takes the place of the last node that it
/// replaces, where all that it reads has been defined.
struct GraphRewriter {
  private(set) var graph: OperatorGraph
  private var producers: [Int?]
  private var consumers: [[Int]]
  private var isOutput: [Bool]
  private var isRemoved: [Bool]

  init(_ graph: OperatorGraph) {
    self.graph = graph
    producers = Array(repeating: nil, count: graph.values.count)
    consumers = Array(repeating: [], count: graph.values.count)
    isOutput = Array(repeating: false, count: graph.values.count)
    isRemoved = Array(repeating: false, count: graph.nodes.count)
    for id in graph.outputs { isOutput[id.index] = true }
    for index in graph.nodes.indices { connect(index) }
  }

  /// Indices of the nodes, in order; some may be removed while the caller iterates.
  var indices: Range<Int> { graph.nodes.indices }

  /// The node at `index`, unless it was removed.
  func node(_ index: Int) -> OperatorNode? { isRemoved[index] ? nil : graph.nodes[index] }

  /// Index of the node that defines `id`; nil for inputs and constants.
  func producer(_ id: ValueID?) -> Int? { id.flatMap { producers[$0.index] } }

  /// Index of the only node that reads `id`; nil where several do, none does, or `id` leaves the
  /// graph.
  func onlyConsumer(_ id: ValueID?) -> Int? {
    guard let id, !isOutput[id.index], consumers[id.index].count == 1 else { return nil }
    return consumers[id.index][0]
  }

  /// Indices of the nodes that read `id`.
  func consumers(of id: ValueID) -> [Int] { consumers[id.index] }

  /// Index and node of the one that reads `id`, where it is alone.
  func next(_ id: ValueID?) -> (index: Int, node: OperatorNode)? {
    guard let index = onlyConsumer(id), let node = node(index) else { return nil }
    return (index, node)
  }

  /// Index and node of the one that defines `id`.
  func previous(_ id: ValueID?) -> (index: Int, node: OperatorNode)? {
    guard let index = producer(id), let node = node(index) else { return nil }
    return (index, node)
  }

  /// The other input of a node of two inputs.
  func other(_ node: OperatorNode, than id: ValueID?) -> ValueID? {
    node.input(0) == id ? node.input(1) : node.input(0)
  }

  /// True where nothing outside `nodes` reads what they define, but for what `last` defines.
  func isClosed(_ nodes: Set<Int>, last: Int) -> Bool {
    nodes.subtracting([last]).allSatisfy { index in
      graph.nodes[index].outputs.allSatisfy { id in
        guard let id else { return true }
        return !isOutput[id.index] && consumers[id.index].allSatisfy { nodes.contains($0) }
      }
    }
  }

  /// Those of `nodes` whose results nothing reads but others of them and `core`, and that are none of
  /// `inputs`.
  func closed(_ nodes: [Int], around core: Set<Int>, inputs: [ValueID]) -> Set<Int> {
    var kept = Set(nodes).subtracting(core)
    while true {
      let all = kept.union(core)
      let open = kept.filter { index in
        graph.nodes[index].outputs.contains { id in
          guard let id else { return false }
          return isOutput[id.index] || inputs.contains(id)
            || !consumers[id.index].allSatisfy(all.contains)
        }
      }
      if open.isEmpty { return kept }
      kept.subtract(open)
    }
  }

  /// Takes `bytes` from what constants may still take; false where that is not enough.
  mutating func spend(_ bytes: Int) -> Bool {
    guard bytes <= graph.foldingBudget else { return false }
    graph.foldingBudget -= bytes
    return true
  }

  /// Adds a value that is known before the model runs.
  mutating func addConstant(_ tensor: Tensor) -> ValueID {
    producers.append(nil)
    consumers.append([])
    isOutput.append(false)
    return graph.addValue(
      Value(name: "", type: tensor.elementType, shape: tensor.shape, constant: Constant(tensor)))
  }

  /// Replaces `nodes` by one node of `op` in the place of `last`, the latest of them, that defines
  /// `outputs`.
  ///
  /// - Returns: False, with nothing changed, where another value between them is read elsewhere, or one
  ///   of `outputs` is read before `last`.
  @discardableResult
  mutating func fuse(
    _ nodes: [Int], last: Int, into op: Operator, inputs: [ValueID?], outputs: [ValueID]
  ) -> Bool {
    let set = Set(nodes).union([last])
    let isClosed = set.allSatisfy { index in
      graph.nodes[index].outputs.allSatisfy { id in
        guard let id else { return true }
        let outside = consumers[id.index].filter { !set.contains($0) }
        if outputs.contains(id) { return outside.allSatisfy { $0 > last } }
        return outside.isEmpty && !isOutput[id.index]
      }
    }
    guard isClosed, set.allSatisfy({ $0 <= last }) else { return false }
    replace(set, last: last, by: op, inputs: inputs, outputs: outputs)
    return true
  }

  /// Replaces `nodes` by one node of `op` that defines what `last`, the latest of them, defines.
  ///
  /// - Returns: False, with nothing changed, where a value between them is read elsewhere.
  @discardableResult
  mutating func fuse(
    _ nodes: [Int], last: Int, into op: Operator, inputs: [ValueID?]
  ) -> Bool {
    let set = Set(nodes).union([last])
    guard set.allSatisfy({ $0 <= last }), isClosed(set, last: last) else { return false }
    replace(set, last: last, by: op, inputs: inputs, outputs: graph.nodes[last].outputs)
    return true
  }

  private mutating func replace(
    _ nodes: Set<Int>, last: Int, by op: Operator, inputs: [ValueID?], outputs: [ValueID?]
  ) {
    let origins = nodes.sorted().flatMap { graph.nodes[$0].origins }
    for index in nodes { disconnect(index) }
    isRemoved[last] = false
    graph.nodes[last] = OperatorNode(op: op, inputs: inputs, outputs: outputs, origins: origins)
    connect(last)
  }

  /// Drops the node at `index`, whose only result `id` is `replacement` again; where `id` leaves the
  /// graph nothing changes.
  mutating func bypass(_ index: Int, _ id: ValueID, with replacement: ValueID) {
    guard !isOutput[id.index] else { return }
    for index in Set(consumers[id.index]) {
      for position in graph.nodes[index].inputs.indices
      where graph.nodes[index].inputs[position] == id {
        graph.nodes[index].inputs[position] = replacement
        consumers[replacement.index].append(index)
      }
    }
    consumers[id.index] = []
    disconnect(index)
  }

  /// The graph without what was removed and without nodes that nothing reads.
  mutating func finish() -> OperatorGraph {
    for index in graph.nodes.indices.reversed() where !isRemoved[index] {
      let isRead = graph.nodes[index].outputs.contains { id in
        id.map { isOutput[$0.index] || !consumers[$0.index].isEmpty } ?? false
      }
      if !isRead { disconnect(index) }
    }
    var result = graph
    result.nodes = graph.nodes.indices.filter { !isRemoved[$0] }.map { graph.nodes[$0] }
    return result
  }

  private mutating func connect(_ index: Int) {
    for case .some(let id) in graph.nodes[index].inputs { consumers[id.index].append(index) }
    for case .some(let id) in graph.nodes[index].outputs { producers[id.index] = index }
  }

  private mutating func disconnect(_ index: Int) {
    for case .some(let id) in graph.nodes[index].inputs {
      consumers[id.index].removeAll { $0 == index }
    }
    for case .some(let id) in graph.nodes[index].outputs { producers[id.index] = nil }
    isRemoved[index] = true
  }
}
