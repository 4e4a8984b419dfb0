import ViTKernel

/// Dequantizes the weights that no kernel took as bytes, and computes what follows from them.
enum DequantizedConstants {
  static func apply(
    to graph: OperatorGraph, weights: WeightCache
  ) throws(EngineError) -> OperatorGraph {
    var graph = graph
    let nodes = graph.nodes
    graph.nodes = []
    var found = false
    for node in nodes {
      if try dequantize(node, in: &graph, weights: weights) {
        found = true
      } else {
        graph.nodes.append(node)
      }
    }
    return found ? try Folding(extent: .all).apply(to: graph) : graph
  }

  /// False where `node` is another operator, its inputs are not constant, or its result is too large
  /// for the graph's budget.
  private static func dequantize(
    _ node: OperatorNode, in graph: inout OperatorGraph, weights: WeightCache
  ) throws(EngineError) -> Bool {
    guard case .dequantizeLinear(let axis, let blockSize) = node.op, let y = node.outputs[0],
      let values = node.input(0).flatMap({ graph[$0].constant }),
      let scale = node.input(1).flatMap({ graph[$0].constant })
    else { return false }
    let zeroPoint = node.input(2).map { graph[$0].constant }
    if case .some(.none) = zeroPoint { return false }
    let bytes = values.count * MemoryLayout<Float>.size
    guard bytes <= graph.foldingBudget else { return false }
    do {
      let constant = try weights.dequantized(
        values, scale: scale, zeroPoint: zeroPoint.flatMap(\.self), axis: axis,
        blockSize: blockSize)
      graph.foldingBudget -= bytes
      graph[y].constant = constant
    } catch {
      throw EngineError(node.label, error)
    }
    return true
  }
}

extension Folding.Extent {
  /// What is computed beforehand at an optimization level.
  init(_ level: OptimizationLevel) {
    switch level {
    case .none: self = .shapes
    case .basic: self = .all
    case .all: self = .allButWeights
    }
  }
}
