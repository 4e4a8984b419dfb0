import OnnxParse

/// How many dimensions the values of a graph have, as far as that can be known without shapes.
///
/// What the file says (inputs, outputs, `value_info`, initializers) counts first; the rest follows
/// from the operators. A value that is missing has an unknown rank.
struct ValueRanks {
  private var ranks: [String: Int] = [:]
  /// The number of elements of vectors: the shape that a Reshape reads is one.
  private var lengths: [String: Int] = [:]
  private let index: GraphIndex

  init(of graph: Graph, index: GraphIndex) {
    self.index = index
    for value in graph.inputs + graph.valueInfo + graph.outputs { declare(value) }
    for tensor in graph.initializers { declare(tensor.name, tensor.dims) }
    for node in graph.nodes where node.isStandard { infer(node) }
  }

  subscript(value: String) -> Int? {
    get { ranks[value] }
    set { ranks[value] = newValue }
  }

  private mutating func declare(_ value: ValueInfo) {
    guard case .tensor(_, let dims?) = value.type?.kind else { return }
    ranks[value.name] = dims.count
    if dims.count == 1, case .size(let length) = dims[0] { lengths[value.name] = Int(length) }
  }

  private mutating func declare(_ name: String, _ dims: [Int64]) {
    ranks[name] = dims.count
    if dims.count == 1 { lengths[name] = Int(dims[0]) }
  }

  private mutating func infer(_ node: Node) {
    guard let first = node.outputs.first else { return }
    // It takes matrices only, which tells of what it reads.
    if node.opType == "Gemm" {
      for input in node.inputs.prefix(2) where ranks[input] == nil { ranks[input] = 2 }
    }
    if node.opType == "Constant" {
      if let tensor = index.constant(first) { declare(first, tensor.dims) }
      return
    }
    let outputs = node.opType == "Split" ? node.outputs[...] : node.outputs.prefix(1)
    guard let rank = rank(of: node), rank >= 0 else { return }
    for output in outputs where !output.isEmpty && ranks[output] == nil { ranks[output] = rank }
    if ranks[first] == 1, lengths[first] == nil, let length = length(of: node) {
      lengths[first] = length
    }
  }

  private func rank(of node: Node) -> Int? {
    switch Self.rules[node.opType] {
    case .sameAsFirst: ranks[node.input(0)]
    case .broadcast: highest(node.inputs)
    case .fixed(let rank): rank
    case .product: product(node.input(0), node.input(1))
    case .shapeInput(let position): lengths[node.input(position)]
    case .reduction: reduction(node)
    case nil: other(node)
    }
  }

  private func highest(_ values: [String]) -> Int? {
    var highest = 0
    for value in values {
      guard let rank = ranks[value] else { return nil }
      highest = max(highest, rank)
    }
    return highest
  }

  /// A vector stands for a row on the left and for a column on the right.
  private func product(_ left: String, _ right: String) -> Int? {
    guard let left = ranks[left], let right = ranks[right] else { return nil }
    if left == 1 || right == 1 { return left + right - 2 }
    return max(left, right)
  }

  private func reduction(_ node: Node) -> Int? {
    guard let rank = ranks[node.input(0)] else { return nil }
    if case .int(0) = node.attribute("keepdims")?.value {
      guard let count = axisCount(of: node) else { return node.input(1).isEmpty ? 0 : nil }
      return rank - count
    }
    return rank
  }

  /// The number of axes that an attribute or the second input gives.
  private func axisCount(of node: Node) -> Int? {
    switch node.attribute("axes")?.value ?? node.attribute("axis")?.value {
    case .ints(let axes): axes.count
    case .int: 1
    default: lengths[node.input(1)]
    }
  }

  private func other(_ node: Node) -> Int? {
    let rank = ranks[node.input(0)]
    switch node.opType {
    case "Concat":
      // All that it joins have as many.
      return node.inputs.lazy.compactMap { ranks[$0] }.first
    case "Expand":
      guard let rank, let length = lengths[node.input(1)] else { return nil }
      return max(rank, length)
    case "Gather":
      guard let rank, let indices = ranks[node.input(1)] else { return nil }
      return rank - 1 + indices
    case "Unsqueeze":
      guard let rank, let count = axisCount(of: node) else { return nil }
      return rank + count
    case "Squeeze":
      guard let rank, let count = axisCount(of: node) else { return nil }
      return rank - count
    default: return nil
    }
  }

  private func length(of node: Node) -> Int? {
    let inputs = node.inputs.map { ranks[$0] == 0 ? 1 : lengths[$0] }
    switch node.opType {
    case "Shape": return node.attributes.isEmpty ? ranks[node.input(0)] : nil
    case "Concat":
      return inputs.allSatisfy { $0 != nil } ? inputs.reduce(0) { $0 + ($1 ?? 0) } : nil
    case "Gather": return lengths[node.input(1)]
    case "Unsqueeze": return ranks[node.input(0)] == 0 ? 1 : nil
    // To one axis from one, or from none.
    case "Reshape": return ranks[node.input(0)].map { $0 <= 1 } == true ? inputs[0] : nil
    case "Slice": return sliceLength(of: node)
    case "ConstantOfShape", "Expand", "Tile", "Split", "Squeeze", "Range": return nil
    default:
      // Element by element: what is longer than one decides, whatever it meets.
      let longest = inputs.compactMap(\.self).max() ?? 1
      return longest > 1 || inputs.allSatisfy { $0 != nil } ? longest : nil
    }
  }

  /// The length of a slice of a vector, in steps of one.
  private func sliceLength(of node: Node) -> Int? {
    guard let length = lengths[node.input(0)], node.inputs.count <= 4,
      let start = scalar(node.input(1)), let end = scalar(node.input(2))
    else { return nil }
    func clamped(_ position: Int64) -> Int {
      Int(min(max(position < 0 ? position + Int64(length) : position, 0), Int64(length)))
    }
    return max(0, clamped(end) - clamped(start))
  }

  private func scalar(_ value: String) -> Int64? {
    guard let values = try? index.constant(value)?.int64s(), values.count == 1 else { return nil }
    return values[0]
  }

  private enum Rule {
    case sameAsFirst
    /// The highest of the inputs'.
    case broadcast
    case fixed(Int)
    /// MatMul's.
    case product
    /// The length of the vector that is input number `position`.
    case shapeInput(Int)
    case reduction
  }

  private static let rules: [String: Rule] = {
    var rules: [String: Rule] = [
      "MatMul": .product, "MatMulInteger": .product, "Gemm": .fixed(2), "Flatten": .fixed(2),
      "Shape": .fixed(1), "Size": .fixed(0), "Range": .fixed(1), "NonZero": .fixed(2),
      "Reshape": .shapeInput(1), "ConstantOfShape": .shapeInput(0), "ArgMax": .reduction,
      "ArgMin": .reduction,
    ]
    let sameAsFirst = [
      "Abs", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Clip", "Conv", "Cos",
      "CumSum", "DequantizeLinear", "Dropout", "DynamicQuantizeLinear", "Elu", "Erf", "Exp",
      "Floor",
      "Gelu", "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization", "HardSigmoid",
      "HardSwish", "Identity", "InstanceNormalization", "IsInf", "IsNaN", "LayerNormalization",
      "LeakyRelu", "Log", "LogSoftmax", "MaxPool", "Mish", "Neg", "Not", "Pad", "QuantizeLinear",
      "Reciprocal", "Relu", "Resize", "Round", "ScatterElements", "ScatterND", "Sigmoid", "Sign",
      "Sin", "Slice", "Softmax", "Softplus", "Softsign", "Split", "Sqrt", "Tanh", "Tile",
      "Transpose", "Trilu",
    ]
    for name in sameAsFirst { rules[name] = .sameAsFirst }
    let broadcast = [
      "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max",
      "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor",
    ]
    for name in broadcast { rules[name] = .broadcast }
    let reductions = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum"]
    for name in reductions + ["SumSquare"] { rules["Reduce" + name] = .reduction }
    return rules
  }()
}
