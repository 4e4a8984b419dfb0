import ViTKernel

/// Writes fused operators of ONNX and of ONNX Runtime as the plain ones that they stand for, so that the
/// passes after this one find the same patterns as in any other file.
enum TransformerExpansion {
  static func apply(to graph: OperatorGraph) -> OperatorGraph {
    guard let first = graph.nodes.first(where: { $0.op.expandable != nil }) else { return graph }
    var expansion = Expansion(of: first, in: graph)
    for node in graph.nodes {
      guard let op = node.op.expandable else {
        expansion.keep(node)
        continue
      }
      let start = expansion.nodes.count
      expansion.begin(node)
      do throws(KernelError) {
        expansion.define(try op.expand(in: &expansion), since: start)
      } catch {
        // Shapes were inferred by the same expansion; what has none is left to the reference.
        expansion.dropNodes(since: start)
        expansion.keep(node)
      }
    }
    var result = expansion.graph
    result.nodes = expansion.nodes
    return result
  }
}

extension Operator {
  /// The operator, where it stands for several others.
  fileprivate var expandable: TransformerOperator? {
    if case .transformer(let op) = self, op.isExpanded { op } else { nil }
  }
}
