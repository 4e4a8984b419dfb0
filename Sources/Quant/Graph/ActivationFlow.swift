import OnnxParse

/// Which values of a graph are activations, and how they flow.
///
/// An activation is computed from an input's elements. What comes from constants, from shapes or is
/// a scale or zero point of DynamicQuantizeLinear is none, so that a Mul by it passes one activation
/// on.
struct ActivationFlow {
  let index: GraphIndex
  private var activations: Set<String> = []

  init(of graph: Graph) {
    index = GraphIndex(graph)
    activations = Set(graph.inputs.map(\.name)).subtracting(graph.initializers.map(\.name))
    for node in graph.nodes where !(node.isStandard && ["Shape", "Size"].contains(node.opType)) {
      guard node.inputs.contains(where: activations.contains) || !node.subgraphs.isEmpty else {
        continue
      }
      let isQuantizer = node.isStandard && node.opType == "DynamicQuantizeLinear"
      activations.formUnion(node.outputs.prefix(isQuantizer ? 1 : node.outputs.count))
    }
    activations.remove("")
  }

  /// The activations that node `position` reads, each once; a product's are among its two factors.
  func operands(of position: Int) -> [String] {
    let node = index.nodes[position]
    let inputs = isProduct(position) ? node.inputs.prefix(2) : node.inputs[...]
    return inputs.enumerated().compactMap { place, input in
      activations.contains(input) && !inputs.prefix(place).contains(input) ? input : nil
    }
  }

  /// True for a MatMul, MatMulInteger or Gemm.
  func isProduct(_ position: Int) -> Bool {
    isStandard(position) && OperatorNames.products.contains(index.nodes[position].opType)
  }

  /// True for a product of an activation with something that is none.
  func isWeighted(_ position: Int) -> Bool { isProduct(position) && factors(position) == 1 }

  /// True for a product of two activations.
  func isPair(_ position: Int) -> Bool { isProduct(position) && factors(position) == 2 }

  func isAdd(_ position: Int) -> Bool {
    isStandard(position) && index.nodes[position].opType == "Add"
  }

  private func factors(_ position: Int) -> Int {
    index.nodes[position].inputs.prefix(2).count { activations.contains($0) }
  }

  private func isStandard(_ position: Int) -> Bool { index.nodes[position].isStandard }

  /// Where a way up the graph led.
  struct Ascent {
    /// The nodes at which it ended.
    var ends: Set<Int> = []
    /// The nodes that it passed.
    var passed: Set<Int> = []
    /// True where it came to an input of the graph.
    var reachesInput = false
  }

  /// Follows the activation `value` to where it comes from, through nodes of `operators` and all
  /// activations that they read.
  func ascend(from value: String, through operators: Set<String>) -> Ascent {
    var ascent = Ascent()
    var pending = [value]
    while let value = pending.popLast() {
      guard let position = index.producer(of: value) else {
        ascent.reachesInput = true
        continue
      }
      if !operators.contains(index.nodes[position].opType) {
        ascent.ends.insert(position)
      } else if ascent.passed.insert(position).inserted {
        pending += operands(of: position)
      }
    }
    return ascent
  }

  /// The nearest node that reads what node `position` gives, through nodes of `operators` that read no
  /// other activation, and for which `isEnd` holds: it gets the node, and whether that is all it reads.
  func descend(
    from position: Int, through operators: Set<String>, to isEnd: (Int, Bool) -> Bool
  ) -> Int? {
    var reached = Set(index.nodes[position].outputs)
    var queue = [position]
    var next = 0
    while next < queue.count {
      let outputs = index.nodes[queue[next]].outputs
      next += 1
      for reader in outputs.flatMap(index.readers) {
        let operands = operands(of: reader)
        guard operands.contains(where: reached.contains) else { continue }
        let isClosed = operands.allSatisfy(reached.contains)
        if isEnd(reader, isClosed) { return reader }
        guard isClosed, operators.contains(index.nodes[reader].opType), !queue.contains(reader)
        else { continue }
        reached.formUnion(index.nodes[reader].outputs)
        queue.append(reader)
      }
    }
    return nil
  }

  /// The Add that closes the skip connection around what ends with node `position`.
  func skipAdd(after position: Int) -> Int? {
    descend(from: position, through: OperatorNames.linear) { reader, isClosed in
      isAdd(reader) && !isClosed
    }
  }
}

/// Operators by what they do to an activation.
enum OperatorNames {
  static let products: Set = ["MatMul", "MatMulInteger", "Gemm"]

  /// Those that move or convert elements.
  static let movement: Set = [
    "Cast", "Concat", "Dropout", "DynamicQuantizeLinear", "Expand", "Flatten", "Gather", "Identity",
    "Pad", "QuantizeLinear", "Reshape", "Slice", "Split", "Squeeze", "Tile", "Transpose",
    "Unsqueeze",
  ]

  /// Movement, and what scales, shifts, masks, rotates or normalizes.
  static let linear = movement.union([
    "Add", "Clip", "Div", "IsNaN", "LayerNormalization", "Max", "Mul", "Neg", "Pow", "Reciprocal",
    "ReduceL2", "ReduceMean", "ReduceSum", "Sqrt", "Sub", "Where",
  ])

  /// Those that make an MLP more than one product, ONNX Runtime's own among them.
  static let activations: Set = [
    "BiasGelu", "Elu", "Erf", "FastGelu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish",
    "QuickGelu", "Relu", "Selu", "Sigmoid", "Swish", "Tanh",
  ]

  /// Those between a product and the Add of its bias.
  static let beforeBias: Set = ["Cast", "Identity", "Mul"]
}

extension Graph {
  /// The graph whose nodes read, instead of what a DequantizeLinear gives, what that came from: the
  /// value that was quantized, or the constant in 8 bits.
  func bypassingQuantization() -> Graph {
    var graph = self
    let constants = Set(initializers.map(\.name))
    var quantized: [String: String] = [:]
    var dequantized: [String: String] = [:]
    for (position, node) in nodes.enumerated() {
      let inputs = node.inputs.map { dequantized[$0] ?? $0 }
      graph.nodes[position].inputs = inputs
      guard node.isStandard, let input = inputs.first, let output = node.outputs.first else {
        continue
      }
      switch node.opType {
      case "DynamicQuantizeLinear", "QuantizeLinear": quantized[output] = input
      case "DequantizeLinear":
        dequantized[output] = quantized[input] ?? (constants.contains(input) ? input : nil)
      default: break
      }
    }
    return graph
  }
}
