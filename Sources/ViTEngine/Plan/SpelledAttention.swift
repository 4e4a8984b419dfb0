import ViTKernel

/// Attention that no single kernel computes: a softmax between two products of computed operands, as in
/// models whose scores are quantized or multiplied by Einsum.
struct SpelledAttention {
  let graph: OperatorGraph
  let kernels: [LoweredNode?]
  private let producers: [ValueID: Int]
  private let consumers: [ValueID: [Int]]
  /// Nodes between a softmax and its products at most: scales, masks, changes of type and of layout.
  private static let reach = 16

  init(_ graph: OperatorGraph, kernels: [LoweredNode?]) {
    var (producers, consumers): ([ValueID: Int], [ValueID: [Int]]) = ([:], [:])
    for (index, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.outputs { producers[id] = index }
      for case .some(let id) in node.inputs { consumers[id, default: []].append(index) }
    }
    (self.graph, self.kernels, self.producers, self.consumers) =
      (graph, kernels, producers, consumers)
  }

  /// The sizes of the attention that the node at `index` is the softmax of; nil where it is none.
  func shape(at index: Int) -> AttentionShape? {
    let node = graph.nodes[index]
    guard case .softmax(let axis, _) = node.op, let scores = node.input(0),
      let shape = graph[scores].shape, shape.count >= 3, axis == -1 || axis == shape.count - 1,
      let first = product(before: index), let second = product(after: index)
    else { return nil }
    let count = shape.reduce(1, *)
    guard count > 0 else { return nil }
    let (rows, heads) = (shape[shape.count - 2], shape[shape.count - 3])
    return AttentionShape(
      batch: shape.dropLast(3).reduce(1, *), heads: heads, queryRows: rows,
      keyRows: shape[shape.count - 1], headSize: first.multiplyAdds / count,
      valueSize: second.multiplyAdds / count)
  }

  private func product(before index: Int) -> Work? {
    var index = index
    for _ in 0..<Self.reach {
      let computed = graph.nodes[index].inputs.compactMap { $0 }
        .filter { graph[$0].constant == nil }
      // The scores, not what is added to all of them.
      guard let widest = computed.max(by: { count($0) < count($1) }),
        let next = producers[widest]
      else { return nil }
      if let work = kernels[next]?.work { return isProduct(next) ? work : nil }
      index = next
    }
    return nil
  }

  private func product(after index: Int) -> Work? {
    var index = index
    for _ in 0..<Self.reach {
      guard let output = graph.nodes[index].outputs.first ?? nil,
        let next = consumers[output]?.first
      else { return nil }
      if let work = kernels[next]?.work { return isProduct(next) ? work : nil }
      index = next
    }
    return nil
  }

  private func count(_ id: ValueID) -> Int { graph[id].shape?.reduce(1, *) ?? 0 }

  /// Both operands are computed, neither is a weight.
  private func isProduct(_ index: Int) -> Bool {
    let computed = graph.nodes[index].inputs.compactMap { $0 }
      .filter { graph[$0].constant == nil }
    return computed.count >= 2
  }
}
