import OnnxParse

/// Who makes and who reads each value of a graph.
struct GraphIndex {
  let nodes: [Node]
  private let initializers: [String: TensorProto]
  private let producers: [String: Int]
  private let readers: [String: [Int]]

  init(_ graph: Graph) {
    nodes = graph.nodes
    initializers = Dictionary(
      graph.initializers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var producers: [String: Int] = [:]
    var readers: [String: [Int]] = [:]
    for (position, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { producers[output] = position }
      for input in Set(node.inputs) where !input.isEmpty {
        readers[input, default: []].append(position)
      }
    }
    self.producers = producers
    self.readers = readers
  }

  func initializer(_ value: String) -> TensorProto? { initializers[value] }

  /// The position of the node that defines `value`.
  func producer(of value: String) -> Int? { producers[value] }

  /// The positions of the nodes that read `value`, ascending.
  func readers(of value: String) -> [Int] { readers[value] ?? [] }

  /// The positions of the nodes of `operators` that read the first output of node `position`.
  func readers(of position: Int, as operators: Set<String>) -> [Int] {
    guard let output = nodes[position].outputs.first else { return [] }
    return readers(of: output).filter { isStandard($0, operators) }
  }

  /// The position of the producer of `value`, where it is a node of `operators`.
  func producer(of value: String, as operators: Set<String>) -> Int? {
    guard let position = producers[value], isStandard(position, operators) else { return nil }
    return position
  }

  private func isStandard(_ position: Int, _ operators: Set<String>) -> Bool {
    nodes[position].isStandard && operators.contains(nodes[position].opType)
  }

  /// The constant that `value` is: an initializer or the tensor of a `Constant` node, directly or
  /// through `Identity`.
  func constant(_ value: String) -> TensorProto? {
    var name = value
    // An Identity chain in a sound graph is no longer than the graph.
    for _ in 0...nodes.count {
      if let tensor = initializers[name] { return tensor }
      guard let position = producers[name], nodes[position].isStandard else { return nil }
      let node = nodes[position]
      switch node.opType {
      case "Constant": return node.constantTensor
      case "Identity":
        guard let source = node.inputs.first else { return nil }
        name = source
      default: return nil
      }
    }
    return nil
  }

  /// True where `value` doesn't change from run to run.
  func isConstant(_ value: String) -> Bool { constant(value) != nil }

  /// True where node `target` depends on `value`, directly or through other nodes.
  func depends(_ target: Int, on value: String) -> Bool {
    // Nodes before the one that makes the value can't depend on it: the order is topological.
    let source = producers[value] ?? -1
    var visited: Set<Int> = [target]
    var pending = [target]
    while let position = pending.popLast() {
      for input in nodes[position].inputs {
        if input == value { return true }
        guard let producer = producers[input], producer > source else { continue }
        if visited.insert(producer).inserted { pending.append(producer) }
      }
    }
    return false
  }
}

extension Node {
  /// True for an operator of ONNX's own.
  var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }

  /// The name of input number `position`; empty where the node has none.
  func input(_ position: Int) -> String {
    inputs.indices.contains(position) ? inputs[position] : ""
  }

  /// What the node is called in a plan: its name, or its first output where it has none.
  package var label: String { name.isEmpty ? outputs.first ?? "" : name }

  /// The tensor of a `Constant` node; nil for strings and sparse tensors.
  fileprivate var constantTensor: TensorProto? {
    guard let attribute = attributes.first, let output = outputs.first else { return nil }
    switch attribute.value {
    case .tensor(var tensor):
      tensor.name = output
      return tensor
    case .float(let value):
      return TensorProto(name: output, dims: [], dataType: .float, payload: .floats([value]))
    case .floats(let values):
      return TensorProto(
        name: output, dims: [Int64(values.count)], dataType: .float, payload: .floats(values))
    case .int(let value):
      return TensorProto(name: output, dims: [], dataType: .int64, payload: .int64s([value]))
    case .ints(let values):
      return TensorProto(
        name: output, dims: [Int64(values.count)], dataType: .int64, payload: .int64s(values))
    default:
      return nil
    }
  }

  /// The graphs among the attributes (branches, loop bodies), with the attribute's name.
  var subgraphs: [(attribute: String, graph: Graph)] {
    attributes.flatMap { attribute -> [(attribute: String, graph: Graph)] in
      switch attribute.value {
      case .graph(let graph): [(attribute.name, graph)]
      case .graphs(let graphs): graphs.map { (attribute.name, $0) }
      default: []
      }
    }
  }
}
