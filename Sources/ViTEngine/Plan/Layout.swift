import ViTKernel

/// The tensors of a plan: inputs and outputs with storage of their own, the rest in one arena.
struct Layout {
  /// Tensors to fill, by name.
  let inputs: [String: Tensor]
  /// Bytes of the arena.
  let arenaBytes: Int

  /// How often inputs and outputs are there: in the plan, and with the caller.
  static let copies = 2

  private let graph: OperatorGraph
  private let aliases: Aliases
  private var tensors: [ValueID: Tensor] = [:]
  private var workspaces: [Int: Tensor] = [:]

  /// Places all values that the steps in `kernels` write, and their scratch memory.
  ///
  /// - Throws: ``EngineError`` where all of it would take more than `memoryLimit` bytes; nothing has
  ///   been allocated then.
  init(
    graph: OperatorGraph, aliases: Aliases, kernels: [LoweredNode?], memoryLimit: Int
  ) throws(EngineError) {
    self.graph = graph
    self.aliases = aliases
    let lifetimes = Self.lifetimes(graph, aliases)
    let outputRoots = Set(graph.outputs.map { aliases.root(of: $0) })
    var requests: [MemoryPlan.Request] = []
    var owners: [Owner] = []
    var ownOutputs: [ValueID] = []
    for (step, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.outputs where aliases.root(of: id) == id {
        if outputRoots.contains(id) {
          ownOutputs.append(id)
        } else {
          requests.append(
            .init(bytes: graph.bytes(id), steps: step...max(step, lifetimes[id] ?? step)))
          owners.append(.value(id))
        }
      }
      if let kernel = kernels[step], kernel.workspaceBytes > 0 {
        requests.append(.init(bytes: kernel.workspaceBytes, steps: step...step))
        owners.append(.workspace(step: step))
      }
    }
    let plan = MemoryPlan(requests)
    arenaBytes = plan.arenaBytes
    let temporaryBytes = kernels.reduce(0) { max($0, $1?.temporaryBytes ?? 0) }
    let copied = (graph.inputs + graph.outputs).reduce(0) { $0 + graph.bytes($1) }
    let needed = plan.arenaBytes + temporaryBytes + Self.copies * copied
    guard needed <= memoryLimit else {
      throw EngineError(
        .memory(needed: needed, limit: memoryLimit), node: Self.largestNode(graph)?.label)
    }

    var named: [String: Tensor] = [:]
    for id in graph.inputs {
      let tensor = Tensor(graph[id].type ?? .float32, shape: graph.shape(id))
      tensors[id] = tensor
      named[graph[id].name] = tensor
    }
    inputs = named
    for id in ownOutputs {
      tensors[id] = Tensor(graph[id].type ?? .float32, shape: graph.shape(id))
    }
    let arena = TensorStorage(byteCount: plan.arenaBytes)
    for (index, owner) in owners.enumerated() {
      let offset = plan.offsets[index]
      switch owner {
      case .value(let id):
        tensors[id] = Tensor(
          graph[id].type ?? .float32, shape: graph.shape(id), storage: arena, byteOffset: offset)
      case .workspace(let step):
        workspaces[step] = Tensor(
          .uint8, shape: [requests[index].bytes], storage: arena, byteOffset: offset)
      }
    }
  }

  private enum Owner {
    case value(ValueID)
    case workspace(step: Int)
  }

  /// The tensor of a value: its own memory, that of the value it is a view of, or a constant.
  func tensor(_ id: ValueID) -> Tensor {
    if let constant = graph[id].constant { return constant.tensor }
    let root = aliases.root(of: id)
    let memory = tensors[root] ?? graph[root].constant?.tensor
    return (memory ?? Tensor(.float32, shape: [0])).reshaped(graph.shape(id))
  }

  /// The scratch memory of a step; empty where it asked for none.
  func workspace(_ step: Int) -> Tensor { workspaces[step] ?? Tensor(.uint8, shape: [0]) }

  /// The tensors of the graph's outputs by name, and steps that copy those which nothing computes.
  func outputs() -> ([String: Tensor], [Step]) {
    var named: [String: Tensor] = [:]
    var copies: [Step] = []
    for id in graph.outputs {
      let source = tensor(id)
      let root = aliases.root(of: id)
      guard graph[root].constant != nil || graph.inputs.contains(root) else {
        named[graph[id].name] = source
        continue
      }
      let target = Tensor(source.elementType, shape: source.shape)
      named[graph[id].name] = target
      copies.append(
        Step(
          kernel: "copy", origins: [],
          operands: StepOperands(
            inputs: [graph[root].constant.map { .constant($0) } ?? .computed(graph[root].name)],
            outputs: [graph[id].name])
        ) { () throws(KernelError) in target.copyElements(from: source) })
    }
    return (named, copies)
  }

  /// The node with the largest results.
  private static func largestNode(_ graph: OperatorGraph) -> OperatorNode? {
    func bytes(_ node: OperatorNode) -> Int {
      node.outputs.reduce(0) { $0 + ($1.map { graph.bytes($0) } ?? 0) }
    }
    return graph.nodes.max { bytes($0) < bytes($1) }
  }

  /// The last step that reads each value or a view of it.
  private static func lifetimes(_ graph: OperatorGraph, _ aliases: Aliases) -> [ValueID: Int] {
    var last: [ValueID: Int] = [:]
    for (step, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.inputs { last[aliases.root(of: id)] = step }
    }
    return last
  }
}
