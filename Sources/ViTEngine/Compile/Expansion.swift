import ViTKernel

/// The nodes that stand for an operator, made one after the other. What is made of known values only is
/// computed at once.
struct Expansion {
  /// What happens to what is added.
  enum Purpose {
    /// Only types and shapes are asked for.
    case shapes
    /// The nodes are to run.
    case graph
    /// All operands are known, and so are the results.
    case values

    /// Elements up to which a result of known values is computed.
    fileprivate var largestKnown: Int {
      switch self {
      case .shapes: 64
      case .graph: 1 << 22
      case .values: 1 << 28
      }
    }
  }

  private(set) var graph: OperatorGraph
  private(set) var nodes: [OperatorNode] = []
  /// The node that is expanded.
  private(set) var node: OperatorNode
  private let purpose: Purpose
  private var names: Set<String>
  /// Results of matrix products.
  private var products: Set<ValueID> = []

  /// An expansion of nodes of `graph`, beginning with `node`.
  init(of node: OperatorNode, in graph: OperatorGraph) {
    self.node = node
    self.graph = graph
    purpose = .graph
    names = Set(graph.values.map(\.name))
  }

  /// An expansion of `op` alone, of operands of which `inputs` tell what is known.
  init(_ op: TransformerOperator, inputs: [Value?], outputs: [Bool], purpose: Purpose) {
    graph = OperatorGraph()
    self.purpose = purpose
    names = []
    node = OperatorNode(op: .transformer(op), inputs: [], outputs: [], origins: [])
    for input in inputs { node.inputs.append(input.map { graph.addValue($0) }) }
    for isWanted in outputs {
      node.outputs.append(
        isWanted ? graph.addValue(Value(name: "", type: nil, shape: nil, constant: nil)) : nil)
    }
  }

  /// Goes on with another node.
  mutating func begin(_ node: OperatorNode) { self.node = node }

  /// Adds `node` as it is.
  mutating func keep(_ node: OperatorNode) {
    nodes.append(node)
    if node.op.isProduct, let output = node.outputs[0] { products.insert(output) }
  }

  /// Forgets the nodes from `start` on.
  mutating func dropNodes(since start: Int) { nodes.removeSubrange(start...) }

  /// Lets the nodes from `start` on define the outputs of the node, which `results` are.
  mutating func define(_ results: [ValueID?], since start: Int) {
    var defined: [ValueID: ValueID] = [:]
    for case (.some(let id), .some(let result)) in zip(node.outputs, results) {
      if defined[result] == nil, nodes[start...].contains(where: { $0.outputs.contains(result) }) {
        defined[result] = id
      } else {
        keep(
          OperatorNode(
            op: .identity, inputs: [result], outputs: [id], origins: node.origins))
      }
    }
    func final(_ ids: [ValueID?]) -> [ValueID?] { ids.map { $0.map { defined[$0] ?? $0 } } }
    for index in nodes[start...].indices {
      nodes[index].inputs = final(nodes[index].inputs)
      nodes[index].outputs = final(nodes[index].outputs)
    }
    for (result, id) in defined where products.contains(result) { products.insert(id) }
  }

  func shape(_ id: ValueID) -> [Int] { graph.shape(id) }

  /// True where a matrix product defines `id`.
  func isProduct(_ id: ValueID) -> Bool { products.contains(id) }

  /// The value at `position` among the inputs of the node.
  func input(_ position: Int) throws(KernelError) -> ValueID {
    guard let id = node.input(position) else { throw .invalid("input \(position) is missing") }
    return id
  }

  /// True where the output at `position` is asked for.
  func wants(_ position: Int) -> Bool {
    position < node.outputs.count && node.outputs[position] != nil
  }

  /// Adds a node of `op` with `count` results.
  ///
  /// - Throws: ``KernelError`` where the operator's rules forbid the inputs.
  mutating func add(
    _ op: Operator, _ inputs: [ValueID?], outputs count: Int = 1
  ) throws(KernelError) -> [ValueID] {
    var added = OperatorNode(
      op: op, inputs: inputs, outputs: Array(repeating: nil, count: count), origins: node.origins)
    let results = Array(try op.results(NodeInputs(node: added, graph: graph)).prefix(count))
    if let tensors = try computed(added, results) { return tensors.map { constant($0) } }
    let ids = results.map { define($0) }
    added.outputs = ids
    keep(added)
    return ids
  }

  /// Adds a node of `op` with one result.
  mutating func add(_ op: Operator, _ inputs: ValueID?...) throws(KernelError) -> ValueID {
    try add(op, inputs)[0]
  }

  /// A value that is known.
  mutating func constant(_ tensor: Tensor) -> ValueID {
    graph.addValue(
      Value(
        name: newName(), type: tensor.elementType, shape: tensor.shape, constant: Constant(tensor)))
  }

  /// The results of a node of known operands; nil where they are left to run time.
  private func computed(
    _ node: OperatorNode, _ results: [ResultType]
  ) throws(KernelError) -> [Tensor]? {
    guard node.inputs.allSatisfy({ $0.map { graph[$0].constant != nil } ?? true }) else {
      return nil
    }
    for result in results {
      guard try ShapeRules.elementCount(result.shape) <= purpose.largestKnown else {
        guard purpose == .values else { return nil }
        throw .unsupported("a result of shape \(result.shape) within an operator")
      }
    }
    let tensors = node.inputs.map { $0.flatMap { graph[$0].constant?.tensor } }
    let values = try node.op.evaluate(Operands(tensors: tensors), outputs: results.count)
    return Array(values.prefix(results.count))
  }

  private mutating func define(_ result: ResultType) -> ValueID {
    graph.addValue(
      Value(name: newName(), type: result.type, shape: result.shape, constant: nil))
  }

  private mutating func newName() -> String {
    guard purpose == .graph else { return "" }
    let start = node.outputs.compactMap { $0.map { graph[$0].name } }.first ?? ""
    var number = 0
    while !names.insert("\(start)/\(number)").inserted { number += 1 }
    return "\(start)/\(number)"
  }
}

extension Expansion {
  /// `x` under another shape.
  mutating func reshape(_ x: ValueID, to shape: [Int]) throws(KernelError) -> ValueID {
    let target = constant(Tensor(shape.map { Int64($0) }, shape: [shape.count]))
    return try add(.reshape(allowZero: true), x, target)
  }

  /// `x` with its axes in another order.
  mutating func transpose(_ x: ValueID, _ permutation: [Int]) throws(KernelError) -> ValueID {
    try add(.transpose(permutation: permutation), x)
  }

  /// `x` times a factor.
  mutating func scale(_ x: ValueID, by factor: Float) throws(KernelError) -> ValueID {
    if factor == 1 { return x }
    let type = graph[x].type ?? .float32
    let scalar = constant(Reference.cast(Tensor(scalar: factor), to: type))
    return try add(.binary(.mul), x, scalar)
  }

  /// Parts of `x` along its last axis.
  mutating func split(_ x: ValueID, _ sizes: [Int]) throws(KernelError) -> [ValueID] {
    try add(.split(axis: -1, sizes: sizes, outputs: nil), [x], outputs: sizes.count)
  }
}

extension Operator {
  fileprivate var isProduct: Bool {
    switch self {
    case .matMul, .gemm: true
    default: false
    }
  }
}
