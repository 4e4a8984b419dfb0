import ViTKernel

/// Walks a graph in order: infers types and shapes, and computes what is known before the model
/// runs.
struct Folding {
  /// Which nodes of known inputs are computed.
  enum Extent {
    /// Only what decides shapes: results that are not floats.
    case shapes
    /// All, as long as the result is not much larger than a weight.
    case all
  }

  /// A constant larger than this is computed at run time instead.
  private static let largestResult = 64 << 20

  let extent: Extent

  /// The graph with constants in place of nodes that were computed. Values that depend on inputs
  /// whose shape is unknown stay unknown.
  ///
  /// - Throws: ``EngineError`` naming the node whose inputs its operator forbids.
  func apply(to source: OperatorGraph) throws(EngineError) -> OperatorGraph {
    var graph = source
    var kept: [OperatorNode] = []
    for node in source.nodes where try !fold(node, in: &graph) { kept.append(node) }
    graph.nodes = kept
    return graph
  }

  /// Infers the results of `node`, and computes them where that is possible and wanted.
  private func fold(
    _ node: OperatorNode, in graph: inout OperatorGraph
  ) throws(EngineError) -> Bool {
    guard node.inputs.allSatisfy({ $0.map { graph[$0].shape != nil } ?? true }) else {
      return false
    }
    do {
      let inputs = NodeInputs(node: node, graph: graph)
      if case .shape(let start, let end) = node.op {
        let dimensions = ShapeRules.shapeSlice(try inputs.shape(0), start: start, end: end)
        define(
          [Tensor(dimensions.map { Int64($0) }, shape: [dimensions.count])], for: node, in: &graph)
        return true
      }
      if case .size = node.op {
        let count = try ShapeRules.elementCount(try inputs.shape(0))
        define([Tensor(scalar: Int64(count))], for: node, in: &graph)
        return true
      }
      if let results = try compute(node, inputs, in: graph) {
        define(results, for: node, in: &graph)
        return true
      }
      let results = try node.op.results(inputs)
      for (id, result) in zip(node.outputs, results) {
        guard let id else { continue }
        graph[id].type = result.type
        graph[id].shape = result.shape
      }
      return false
    } catch {
      throw EngineError(node.label, error)
    }
  }

  /// The results of a node whose inputs are all known; nil where it is left to run time.
  private func compute(
    _ node: OperatorNode, _ inputs: NodeInputs, in graph: OperatorGraph
  ) throws(KernelError) -> [Tensor]? {
    guard node.inputs.allSatisfy({ $0.map { graph[$0].constant != nil } ?? true }) else {
      return nil
    }
    if case .range = node.op {
      // Its length is known only by computing it, which it checks itself.
    } else {
      let results = try node.op.results(inputs)
      guard extent == .all || results.allSatisfy({ !$0.type.isFloat }) else { return nil }
      for result in results
      where try ShapeRules.elementCount(result.shape) > Self.largestResult / 8 { return nil }
    }
    let tensors = node.inputs.map { $0.flatMap { graph[$0].constant?.tensor } }
    return try node.op.evaluate(Operands(tensors: tensors), outputs: node.outputs.count)
  }

  private func define(
    _ tensors: [Tensor], for node: OperatorNode, in graph: inout OperatorGraph
  ) {
    for (id, tensor) in zip(node.outputs, tensors) {
      guard let id else { continue }
      graph[id].type = tensor.elementType
      graph[id].shape = tensor.shape
      graph[id].constant = Constant(tensor)
    }
  }
}

extension EngineError {
  /// A kernel's complaint, at the node that it concerns.
  init(_ node: String, _ error: KernelError) {
    switch error {
    case .invalid(let why): self.init(.invalid(why), node: node)
    case .unsupported(let what): self.init(.unsupported(what), node: node)
    }
  }
}

extension ElementType {
  /// True for the types that models compute with, false for those that count and choose.
  var isFloat: Bool { self == .float32 || self == .float64 }
}
