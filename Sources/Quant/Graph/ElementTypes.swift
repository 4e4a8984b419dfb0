import OnnxParse

/// The element types of a graph's values, as far as they can be known without shapes.
///
/// What the file says (inputs, outputs, `value_info`, initializers) counts first; the rest follows
/// from the operators. A value that is missing has an unknown type.
struct ElementTypes {
  private var types: [String: DataType] = [:]

  init(of graph: Graph) {
    for value in graph.inputs + graph.valueInfo + graph.outputs { declare(value) }
    for tensor in graph.initializers { types[tensor.name] = tensor.dataType }
    for node in graph.nodes where node.isStandard { infer(node) }
  }

  subscript(value: String) -> DataType? { types[value] }

  private mutating func declare(_ value: ValueInfo) {
    guard case .tensor(let number, _) = value.type?.kind, let type = DataType(rawValue: number),
      type != .undefined
    else { return }
    types[value.name] = type
  }

  private mutating func infer(_ node: Node) {
    for (position, output) in node.outputs.enumerated() where !output.isEmpty {
      guard types[output] == nil, let type = outputType(of: node, at: position) else { continue }
      types[output] = type
    }
  }

  private func outputType(of node: Node, at position: Int) -> DataType? {
    switch Self.rules[node.opType] {
    case .input(let index):
      node.inputs.indices.contains(index) ? types[node.inputs[index]] : nil
    case .fixed(let outputs):
      outputs.indices.contains(position) ? outputs[position] : outputs.last
    case .attribute(let name, let fallback):
      Self.type(of: node.attribute(name)) ?? fallback
    case .dequantized:
      // DequantizeLinear gives the type of its scale.
      node.inputs.count > 1 ? types[node.inputs[1]] : nil
    case .constant:
      node.attributes.lazy.compactMap(Self.type(of:)).first
    case nil:
      nil
    }
  }

  private static func type(of attribute: Attribute?) -> DataType? {
    switch attribute?.value {
    case .tensor(let tensor): tensor.dataType
    case .int(let number) where attribute?.name == "to" || attribute?.name == "dtype":
      DataType(rawValue: Int32(truncatingIfNeeded: number))
    case .float, .floats: .float
    case .int, .ints: .int64
    default: nil
    }
  }

  private enum Rule {
    /// The type of input number `index`.
    case input(Int)
    /// Always these, by output; the last for all further ones.
    case fixed([DataType])
    /// What the attribute names or holds.
    case attribute(String, fallback: DataType?)
    case dequantized
    case constant
  }

  private static let rules: [String: Rule] = {
    var rules: [String: Rule] = [
      "Where": .input(1), "Cast": .attribute("to", fallback: nil),
      "ConstantOfShape": .attribute("value", fallback: .float), "Constant": .constant,
      "DequantizeLinear": .dequantized,
      "DynamicQuantizeLinear": .fixed([.uint8, .float, .uint8]), "MatMulInteger": .fixed([.int32]),
      "ConvInteger": .fixed([.int32]),
    ]
    let sameAsFirst = [
      "Abs", "Add", "AveragePool", "BatchNormalization", "Ceil", "Clip", "Concat", "Conv", "Cos",
      "CumSum", "Div", "Dropout", "Einsum", "Elu", "Erf", "Exp", "Expand", "Flatten", "Floor",
      "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool",
      "GroupNormalization", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization",
      "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Mean",
      "Min", "Mod", "Mul", "Neg", "Pad", "Pow", "Reciprocal", "ReduceL2", "ReduceMax",
      "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "Relu", "Reshape", "Resize", "Round",
      "ScatterElements", "ScatterND", "Sigmoid", "Sign", "Sin", "Slice", "Softmax", "Softplus",
      "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Tile", "Transpose", "Unsqueeze",
    ]
    for name in sameAsFirst { rules[name] = .input(0) }
    for name in ["ArgMax", "ArgMin", "NonZero", "Shape", "Size"] { rules[name] = .fixed([.int64]) }
    let comparisons = ["And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less"]
    for name in comparisons + ["LessOrEqual", "Not", "Or", "Xor"] { rules[name] = .fixed([.bool]) }
    return rules
  }()
}
