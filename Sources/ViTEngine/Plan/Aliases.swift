/// Which values share the memory of another: results of operators that only change a shape.
struct Aliases {
  private var roots: [Int]

  init(_ graph: OperatorGraph) {
    roots = Array(graph.values.indices)
    for node in graph.nodes where Self.isView(node, in: graph) {
      guard let input = node.input(0), let output = node.outputs[0] else { continue }
      roots[output.index] = roots[input.index]
    }
  }

  /// The value whose memory `id` shares; itself for most.
  func root(of id: ValueID) -> ValueID { ValueID(index: roots[id.index]) }

  /// True where the node's result is its first input under another shape.
  static func isView(_ node: OperatorNode, in graph: OperatorGraph) -> Bool {
    switch node.op {
    case .identity, .reshape, .squeeze, .unsqueeze, .flatten: return true
    // Where only axes of length 1 move, no element does.
    case .transpose(let permutation):
      guard let shape = node.input(0).flatMap({ graph[$0].shape }) else { return false }
      let order = permutation ?? Array(shape.indices.reversed())
      let moved = order.filter { shape.indices.contains($0) && shape[$0] != 1 }
      return order.count == shape.count && zip(moved, moved.dropFirst()).allSatisfy { $0 < $1 }
    case .cast(let type): return node.input(0).map { graph[$0].type == type } ?? false
    default: return false
    }
  }
}
