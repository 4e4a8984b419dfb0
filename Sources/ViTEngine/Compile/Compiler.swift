import ViTKernel

/// Makes a plan for one set of input shapes: shapes inferred, patterns fused, memory placed, kernels
/// bound.
struct Compiler {
  let executor: Executor
  let optimization: OptimizationLevel
  /// Bytes that the values of a run may take.
  let memoryLimit: Int

  /// The plan of `source`, whose shape-independent constants are folded already, for inputs of
  /// `shapes` of which some have the elements `values`.
  ///
  /// - Throws: ``EngineError`` naming the node whose shapes do not fit, that has no kernel, or whose
  ///   result is the largest where there is not enough memory.
  func compile(
    _ source: OperatorGraph, shapes: [String: [Int]], values: [String: Tensor],
    weights: WeightCache
  ) throws(EngineError) -> Plan {
    let graph = try optimized(
      specialised(source, shapes: shapes, values: values), weights: weights)
    for node in graph.nodes {
      for case .some(let id) in node.outputs where graph[id].shape == nil {
        throw EngineError(
          .unsupported("the shape of \"\(graph[id].name)\" is not known before the model runs"),
          node: node.label)
      }
    }
    let lowering = Lowering(graph: graph, executor: executor, weights: weights)
    return try PlanBuilder(graph: graph, lowering: lowering, memoryLimit: memoryLimit).build()
  }

  /// The graph with concrete shapes for all values that they decide.
  private func specialised(
    _ source: OperatorGraph, shapes: [String: [Int]], values: [String: Tensor]
  ) throws(EngineError) -> OperatorGraph {
    var graph = source
    for id in graph.inputs {
      let shape = shapes[graph[id].name]
      do {
        graph[id].shape = try shape.map { shape throws(KernelError) in try ShapeRules.checked(shape)
        }
        graph[id].constant = values[graph[id].name].map { value in
          Constant(Reference.cast(value, to: graph[id].type ?? value.elementType).copy())
        }
      } catch {
        throw EngineError("input \"\(graph[id].name)\"", error)
      }
    }
    return try Folding(extent: Folding.Extent(optimization)).apply(to: graph)
  }

  /// The graph after the passes of the optimization level.
  func optimized(
    _ graph: OperatorGraph, weights: WeightCache
  ) throws(EngineError) -> OperatorGraph {
    guard optimization == .all else {
      var rewriter = GraphRewriter(graph)
      if optimization != .none { Cleanup.apply(to: &rewriter) }
      return rewriter.finish()
    }
    let expanded = TransformerExpansion.apply(to: QuantizedExpansion.apply(to: graph))
    var rewriter = GraphRewriter(DequantizedMovement.apply(to: expanded))
    Cleanup.apply(to: &rewriter)
    LayerNormFusion.apply(to: &rewriter)
    GeluFusion.apply(to: &rewriter)
    StaticQuantizedFusion.apply(to: &rewriter)
    rewriter = GraphRewriter(
      try DequantizedConstants.apply(to: rewriter.finish(), weights: weights))
    AttentionFusionPass.apply(to: &rewriter)
    RangeFusion.apply(to: &rewriter)
    QuantizedFusion.apply(to: &rewriter)
    PatchEmbeddingFusion.apply(to: &rewriter)
    FakeQuantizeFusion.apply(to: &rewriter)
    LinearFusionPass.apply(to: &rewriter)
    ElementFusion.apply(to: &rewriter)
    return rewriter.finish()
  }
}

/// Drops nodes that give back their input.
enum Cleanup {
  static func apply(to rewriter: inout GraphRewriter) {
    for index in rewriter.indices {
      guard let node = rewriter.node(index), isNothing(node, in: rewriter.graph),
        let input = node.input(0), let output = node.outputs[0]
      else { continue }
      rewriter.bypass(index, output, with: input)
    }
  }

  private static func isNothing(_ node: OperatorNode, in graph: OperatorGraph) -> Bool {
    guard let input = node.input(0), let output = node.outputs[0] else { return false }
    switch node.op {
    case .identity: return true
    case .dropout: return node.outputs.dropFirst().allSatisfy { $0 == nil }
    case .cast(let type): return graph[input].type == type
    case .reshape, .squeeze, .unsqueeze, .flatten, .expand:
      return graph[input].shape != nil && graph[input].shape == graph[output].shape
    case .transpose(let permutation): return permutation.map { $0 == Array(0..<$0.count) } ?? false
    default: return false
    }
  }
}
