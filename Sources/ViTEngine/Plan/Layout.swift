import ViTKernel

/// The tensors of a plan: inputs and outputs with storage of their own, the rest in one arena.
struct Layout {
  /// Tensors to fill, by name.
  let inputs: [String: Tensor]
  /// Bytes of the arena.
  let arenaBytes: Int

  private let graph: OperatorGraph
  private let aliases: Aliases
  private var tensors: [ValueID: Tensor] = [:]
  private var workspaces: [Int: Tensor] = [:]

  /// Places all values that the steps in `kernels` write, and their scratch memory.
  init(graph: OperatorGraph, aliases: Aliases, kernels: [LoweredNode?]) {
    self.graph = graph
    self.aliases = aliases
    let lifetimes = Self.lifetimes(graph, aliases)
    let outputRoots = Set(graph.outputs.map { aliases.root(of: $0) })
    var named: [String: Tensor] = [:]
    for id in graph.inputs {
      let tensor = Tensor(graph[id].type ?? .float32, shape: graph.shape(id))
      tensors[id] = tensor
      named[graph[id].name] = tensor
    }
    inputs = named

    var requests: [MemoryPlan.Request] = []
    var owners: [Owner] = []
    for (step, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.outputs where aliases.root(of: id) == id {
        let type = graph[id].type ?? .float32
        if outputRoots.contains(id) {
          tensors[id] = Tensor(type, shape: graph.shape(id))
        } else {
          let bytes = graph.shape(id).reduce(type.byteCount, *)
          requests.append(.init(bytes: bytes, steps: step...max(step, lifetimes[id] ?? step)))
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
        Step(kernel: "copy", origins: []) { () throws(KernelError) in
          target.copyElements(from: source)
        })
    }
    return (named, copies)
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
