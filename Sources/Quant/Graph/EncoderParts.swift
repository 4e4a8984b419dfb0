/// The attentions and MLPs of a graph.
struct EncoderParts {
  /// The products of one attention, by position, and its Adds.
  struct Attention {
    var projections: [Int: NodeRole]
    var scores: Int
    var masks: [Int]
    var context: Int
    var output: Int?
    var residual: Int?
  }

  /// The products of one MLP, by position, and its Adds.
  struct Perceptron {
    var first: Set<Int>
    var second: Int
    /// The nodes between the products.
    var inside: Set<Int>
    var residual: Int
  }

  /// In the order of their Softmaxes.
  private(set) var attentions: [Attention] = []
  /// In the order of their last products.
  private(set) var perceptrons: [Perceptron] = []

  init(of flow: ActivationFlow) {
    for (position, node) in flow.index.nodes.enumerated() {
      if node.isStandard, node.opType == "Softmax" {
        if let attention = Self.attention(around: position, flow) { attentions.append(attention) }
      } else if flow.isWeighted(position) {
        if let mlp = Self.perceptron(endingAt: position, flow) { perceptrons.append(mlp) }
      }
    }
  }

  private static func attention(around softmax: Int, _ flow: ActivationFlow) -> Attention? {
    let above = flow.ascend(
      from: flow.index.nodes[softmax].input(0), through: OperatorNames.linear)
    let products = above.ends.filter(flow.isPair)
    let context = flow.descend(from: softmax, through: OperatorNames.linear) { reader, _ in
      flow.isPair(reader)
    }
    guard products.count == 1, let scores = products.first, let context else { return nil }
    let output = flow.descend(from: context, through: OperatorNames.linear) { reader, _ in
      flow.isWeighted(reader)
    }
    let sum = flow.index.nodes[scores].outputs[0]
    return Attention(
      projections: projections(scores, context, softmax, flow), scores: scores,
      masks: above.passed.filter { flow.isAdd($0) && flow.index.depends($0, on: sum) },
      context: context, output: output, residual: flow.skipAdd(after: output ?? context))
  }

  /// The products that make queries, keys and values.
  private static func projections(
    _ scores: Int, _ context: Int, _ softmax: Int, _ flow: ActivationFlow
  ) -> [Int: NodeRole] {
    func ends(_ value: String) -> Set<Int> {
      flow.ascend(from: value, through: OperatorNames.linear).ends
    }
    let factors = flow.index.nodes[scores].inputs
    let values = flow.index.nodes[context].inputs.prefix(2).filter { !ends($0).contains(softmax) }
    let sources: [(NodeRole, String?)] = [
      (.query, factors[0]), (.key, factors[1]), (.value, values.first),
    ]
    var projections: [Int: NodeRole] = [:]
    for (role, source) in sources {
      guard let source, case let products = ends(source), products.count == 1,
        let product = products.first, flow.isWeighted(product)
      else { continue }
      projections[product] = projections[product] == nil ? role : .qkv
    }
    return projections
  }

  /// The MLP whose last product is `second`: an activation function lies between it and other
  /// products, and a skip connection around both. The skip connection tells it from a head of two
  /// products.
  private static func perceptron(endingAt second: Int, _ flow: ActivationFlow) -> Perceptron? {
    let above = flow.ascend(
      from: flow.operands(of: second)[0],
      through: OperatorNames.linear.union(OperatorNames.activations))
    guard !above.reachesInput, !above.ends.isEmpty, above.ends.allSatisfy(flow.isWeighted),
      above.passed.contains(where: isActivation), let residual = flow.skipAdd(after: second)
    else { return nil }
    return Perceptron(first: above.ends, second: second, inside: above.passed, residual: residual)

    func isActivation(_ position: Int) -> Bool {
      OperatorNames.activations.contains(flow.index.nodes[position].opType)
    }
  }
}
