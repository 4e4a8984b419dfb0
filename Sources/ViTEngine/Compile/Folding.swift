import ViTKernel

/// Walks a graph in order: infers types and shapes, and computes what is known before the model
/// runs.
///
/// What would make the graph's constants grow beyond ``OperatorGraph/foldingBudget`` is left to run
/// time, so that a small file can't take much memory by being opened.
struct Folding {
  /// Which nodes of known inputs are computed.
  enum Extent {
    /// Only what may decide shapes: results that are not floats, or as few as a Resize's scales.
    case shapes
    /// All, as long as the result is not much larger than a weight.
    case all
    /// All but weights of bytes, which stay small as long as a product may take them as they are.
    case allButWeights
  }

  /// Elements from which on a dequantized matrix counts as a weight.
  private static let weightCount = 1024

  /// A constant of more elements than this is computed at run time instead.
  private static let largestCount = 8 << 20
  /// Results of no more elements than this are shapes, axes and their like; they cost nothing.
  private static let freeCount = 64

  let extent: Extent

  /// The graph with constants in place of nodes that were computed. Values that depend on inputs
  /// whose shape is unknown stay unknown.
  ///
  /// - Throws: ``EngineError`` naming the node whose inputs its operator forbids.
  func apply(to source: OperatorGraph) throws(EngineError) -> OperatorGraph {
    var graph = source
    var kept: [OperatorNode] = []
    for node in source.nodes { try fold(node, in: &graph, kept: &kept) }
    graph.nodes = kept
    return graph
  }

  /// Folds `node`, or the branch that an If with a known condition takes, and keeps what is left.
  private func fold(
    _ node: OperatorNode, in graph: inout OperatorGraph, kept: inout [OperatorNode]
  ) throws(EngineError) {
    let node = withoutPattern(node, in: graph)
    guard case .conditional(let branches) = node.op,
      let condition = node.input(0).flatMap({ graph[$0].constant?.tensor })
    else {
      if try !fold(node, in: &graph) { kept.append(node) }
      return
    }
    guard condition.elementType == .bool, condition.count == 1 else {
      throw EngineError(.invalid("If: the condition is no single bool"), node: node.label)
    }
    let holds = condition.elements(of: Bool.self) == [true]
    let branch = holds ? branches.then : branches.otherwise
    guard branch.outputs.count == node.outputs.count else {
      throw EngineError(
        .invalid("If: a branch gives \(branch.outputs.count) of \(node.outputs.count) outputs"),
        node: node.label)
    }
    for inner in branch.nodes { try fold(inner, in: &graph, kept: &kept) }
    for (inner, output) in zip(branch.outputs, node.outputs) {
      let identity = OperatorNode(
        op: .identity, inputs: [inner], outputs: [output], origins: node.origins)
      if try !fold(identity, in: &graph) { kept.append(identity) }
    }
  }

  /// A CastLike as the Cast that it is: of its second operand only the type matters, which may be known
  /// before the elements.
  private func withoutPattern(_ node: OperatorNode, in graph: OperatorGraph) -> OperatorNode {
    var node = node
    if case .castLike = node.op, let type = node.input(1).flatMap({ graph[$0].type }) {
      node.op = .cast(to: type)
    }
    switch node.op {
    case .cast, .narrow, .identity: node.inputs = Array(node.inputs.prefix(1))
    default: break
    }
    return node
  }

  /// Infers the results of `node`, and computes them where that is possible and wanted.
  private func fold(
    _ node: OperatorNode, in graph: inout OperatorGraph
  ) throws(EngineError) -> Bool {
    guard node.inputs.allSatisfy({ $0.map { graph[$0].shape != nil } ?? true }) else {
      return false
    }
    let outcome: Outcome
    do {
      outcome = try self.outcome(of: node, in: graph)
    } catch {
      throw EngineError(node.label, error)
    }
    switch outcome {
    case .computed(let tensors, let cost):
      graph.foldingBudget -= cost
      define(tensors, for: node, in: &graph)
      return true
    case .inferred(let results):
      for (id, result) in zip(node.outputs, results) {
        guard let id else { continue }
        graph[id].type = result.type
        graph[id].shape = result.shape
      }
      return false
    }
  }

  /// What is known of a node's results, found before any of it is written into the graph: who
  /// still holds the graph then makes every write copy it.
  private enum Outcome {
    /// The elements, and the bytes of the budget that they cost.
    case computed([Tensor], cost: Int)
    case inferred([ResultType])
  }

  private func outcome(
    of node: OperatorNode, in graph: OperatorGraph
  ) throws(KernelError) -> Outcome {
    let inputs = NodeInputs(node: node, graph: graph)
    if case .shape(let start, let end) = node.op {
      let dimensions = ShapeRules.shapeSlice(try inputs.shape(0), start: start, end: end)
      let tensor = Tensor(dimensions.map { Int64($0) }, shape: [dimensions.count])
      return .computed([tensor], cost: 0)
    }
    if case .size = node.op {
      let count = try ShapeRules.elementCount(try inputs.shape(0))
      return .computed([Tensor(scalar: Int64(count))], cost: 0)
    }
    let results = try node.op.results(inputs)
    guard let cost = try cost(of: results, node, in: graph) else { return .inferred(results) }
    let tensors = node.inputs.map { $0.flatMap { graph[$0].constant?.tensor } }
    return .computed(
      try node.op.evaluate(Operands(tensors: tensors), outputs: node.outputs.count), cost: cost)
  }

  /// The bytes of the budget that computing a node costs; nil where it is left to run time.
  private func cost(
    of results: [ResultType], _ node: OperatorNode, in graph: OperatorGraph
  ) throws(KernelError) -> Int? {
    // What is fused by now has a kernel and no reference.
    if case .fused = node.op { return nil }
    guard node.inputs.allSatisfy({ $0.map { graph[$0].constant != nil } ?? true }),
      extent != .shapes || results.allSatisfy(Self.mayDecideShapes),
      extent != .allButWeights || !isWeight(node, results)
    else { return nil }
    if Aliases.isView(node, in: graph) { return 0 }
    var bytes = 0
    for result in results {
      let count = try ShapeRules.elementCount(result.shape)
      guard count <= Self.largestCount else { return nil }
      if count > Self.freeCount { bytes += count * result.type.byteCount }
    }
    return bytes <= graph.foldingBudget ? bytes : nil
  }

  private static func mayDecideShapes(_ result: ResultType) -> Bool {
    !result.type.isFloat || result.shape.reduce(1, *) <= freeCount
  }

  private func isWeight(_ node: OperatorNode, _ results: [ResultType]) -> Bool {
    guard case .dequantizeLinear = node.op, let shape = results.first?.shape else { return false }
    return shape.count >= 2 && shape.reduce(1, *) >= Self.weightCount
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
