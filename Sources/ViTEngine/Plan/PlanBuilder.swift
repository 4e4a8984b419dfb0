import ViTKernel

/// Places the values of a compiled graph in memory and binds each node's kernel to them.
struct PlanBuilder {
  let graph: OperatorGraph
  let lowering: Lowering
  /// Bytes that the values of a run may take.
  let memoryLimit: Int

  func build() throws(EngineError) -> Plan {
    let aliases = Aliases(graph)
    var kernels: [LoweredNode?] = []
    for node in graph.nodes {
      let isView = Aliases.isView(node, in: graph)
      kernels.append(
        isView
          ? nil
          : try atNode(node) { () throws(KernelError) in
            try lowering.lower(node)
          })
    }
    let layout = try Layout(
      graph: graph, aliases: aliases, kernels: kernels, memoryLimit: memoryLimit)
    let spelled = SpelledAttention(graph, kernels: kernels)
    var steps: [Step] = []
    var values: [String: Tensor] = layout.inputs
    var views: [String: String] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.outputs { values[graph[id].name] = layout.tensor(id) }
      guard let kernel = kernels[index] else {
        for case .some(let id) in node.outputs {
          views[graph[id].name] = graph[aliases.root(of: id)].name
        }
        continue
      }
      let binding = Binding(layout: layout, node: node, step: index)
      let body = try atNode(node) { () throws(KernelError) in try kernel.bind(binding) }
      steps.append(
        Step(
          kernel: kernel.name, origins: node.origins, work: kernel.work,
          attention: kernel.attention ?? spelled.shape(at: index),
          operands: operands(of: node, aliases), body: body))
    }
    let (outputs, copies) = layout.outputs()
    return Plan(
      inputs: layout.inputs, outputs: outputs, arenaBytes: layout.arenaBytes,
      steps: steps + copies, values: values,
      results: Set(graph.outputs.map { graph[aliases.root(of: $0)].name }), views: views)
  }

  private func operands(of node: OperatorNode, _ aliases: Aliases) -> StepOperands {
    var operands = StepOperands()
    operands.inputs = node.inputs.map { id in
      guard let id else { return nil }
      let root = aliases.root(of: id)
      if let constant = graph[id].constant ?? graph[root].constant { return .constant(constant) }
      return .computed(graph[root].name)
    }
    operands.outputs = node.outputs.compactMap { $0.map { graph[$0].name } }
    return operands
  }

  private func atNode<Result>(
    _ node: OperatorNode, _ body: () throws(KernelError) -> Result
  ) throws(EngineError) -> Result {
    do {
      return try body()
    } catch {
      throw EngineError(node.label, error)
    }
  }
}

/// The operands of one node: what a kernel's call is made of.
struct Binding {
  let layout: Layout
  let node: OperatorNode
  let step: Int

  /// The tensor of an input that must be there.
  func input(_ position: Int) throws(KernelError) -> Tensor {
    guard let tensor = optionalInput(position) else {
      throw .invalid("input \(position) is missing")
    }
    return tensor
  }

  /// The tensor of an input, where it is there.
  func optionalInput(_ position: Int) -> Tensor? { node.input(position).map { layout.tensor($0) } }

  /// The tensor of a result that must be written.
  func output(_ position: Int) throws(KernelError) -> Tensor {
    guard let tensor = optionalOutput(position) else {
      throw .invalid("output \(position) is missing")
    }
    return tensor
  }

  /// The tensor of a result, where the node has it.
  func optionalOutput(_ position: Int) -> Tensor? {
    guard position < node.outputs.count, let id = node.outputs[position] else { return nil }
    return layout.tensor(id)
  }

  /// The scratch memory that the node asked for.
  var workspace: Tensor { layout.workspace(step) }
}

/// A node's kernel before memory is placed.
struct LoweredNode {
  /// What runs.
  let name: String
  /// Scratch memory needed while it runs.
  var workspaceBytes = 0
  /// Memory that it allocates while it runs.
  var temporaryBytes = 0
  /// The products that it consists of; nil where it is not about products.
  var work: Work?
  /// Its sizes; nil where it is no attention.
  var attention: AttentionShape?
  /// Makes the call for operands that have their place.
  let bind: (Binding) throws(KernelError) -> @Sendable () throws(KernelError) -> Void
}
