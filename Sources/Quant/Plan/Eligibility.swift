import OnnxParse

/// Whether a node can be quantized, whatever the options want.
enum Eligibility: Equatable {
  case eligible(Set<QuantizedOperator>)
  case ineligible(String)

  var isEligible: Bool { if case .eligible = self { true } else { false } }
}

/// Decides on the nodes of one graph, one by one.
struct EligibilityRules {
  let options: QuantizationOptions
  let index: GraphIndex
  let types: ElementTypes

  /// Why the options leave `node`, which can be quantized, in fp32; nil where they don't.
  func refusal(of node: Node) -> String? {
    guard node.opType != "Add" else { return refusal(of: .add) }
    if let refusal = refusal(of: .matMul) { return refusal }
    guard options.matMulScope == .constantOnly, index.initializer(node.input(1)) == nil else {
      return nil
    }
    return notAWeight(node.input(1))
  }

  /// Whether `node` can be quantized where that is wanted.
  func eligibility(of node: Node) -> Eligibility {
    guard node.isStandard else { return .ineligible("operator of domain \(node.domain)") }
    guard node.outputs.first?.isEmpty == false else { return .ineligible("it has no output") }
    return switch node.opType {
    case "MatMul": matMul(node)
    case "Gemm": gemm(node)
    case "Add": add(node)
    case "MatMulInteger", "ConvInteger", "DynamicQuantizeLinear", "QuantizeLinear",
      "DequantizeLinear", "QLinearMatMul", "QLinearConv":
      .ineligible("already a quantized operator")
    default: .ineligible("only MatMul, Gemm and Add are quantized")
    }
  }

  private func refusal(of operator: QuantizedOperator) -> String? {
    guard options.operators.contains(`operator`) else {
      return "\(`operator`.rawValue) is not among the operators to quantize"
    }
    if `operator` == .add, !options.rewritesAdd {
      return "preset \(options.preset.rawValue) leaves Add alone"
    }
    return nil
  }

  private func matMul(_ node: Node) -> Eligibility {
    guard node.inputs.count == 2 else { return .ineligible("a MatMul without two inputs") }
    return product(node.inputs[0], node.inputs[1])
  }

  private func product(_ left: String, _ right: String) -> Eligibility {
    for value in [left, right] {
      if let reason = notFloat(value) { return .ineligible(reason) }
    }
    guard types[left] != nil || types[right] != nil else {
      return .ineligible("the element type of its operands is not known")
    }
    return .eligible([.matMul])
  }

  private func notFloat(_ value: String) -> String? {
    guard let type = types[value], type != .float else { return nil }
    let role = index.isConstant(value) ? "constant" : "operand"
    return "its \(role) is \(type); only float is quantized"
  }

  private func notAWeight(_ value: String) -> String {
    if index.isConstant(value) {
      return "its weight comes from a Constant or Identity node; only initializers count as weights"
    }
    if let transpose = index.producer(of: value, as: ["Transpose"]),
      index.isConstant(index.nodes[transpose].input(0))
    {
      return "its weight comes from a Transpose; only initializers count as weights"
    }
    return "its second operand is an activation"
  }

  private func gemm(_ node: Node) -> Eligibility {
    guard let form = GemmForm(node) else {
      return .ineligible("a Gemm with alpha or beta other than 1 or with transA is not a MatMul")
    }
    guard case .ineligible(let reason) = product(node.input(0), node.input(1)) else {
      let quantizesBias = form.hasBias && options.rewritesAdd && options.operators.contains(.add)
      return .eligible(quantizesBias ? [.matMul, .add] : [.matMul])
    }
    return .ineligible(reason)
  }

  private func add(_ node: Node) -> Eligibility {
    guard node.inputs.count == 2 else { return .ineligible("an Add without two inputs") }
    for input in node.inputs {
      if let reason = notFloat(input) { return .ineligible(reason) }
    }
    guard node.inputs.contains(where: { types[$0] == .float }) else {
      return .ineligible("the element type of its inputs is not known")
    }
    let activations = node.inputs.filter { !index.isConstant($0) }
    guard !activations.isEmpty else { return .ineligible("both inputs are constants") }
    guard activations.contains(where: { index.producer(of: $0, as: ["DequantizeLinear"]) == nil })
    else { return .ineligible("its activations are dequantized values already") }
    return .eligible([.add])
  }
}

/// A Gemm that is a MatMul, and an Add where it has a bias.
struct GemmForm {
  let transposesWeight: Bool
  let hasBias: Bool

  /// Nil where alpha, beta or transA make it something else.
  init?(_ node: Node) {
    func int(_ name: String) -> Int64 {
      if case .int(let value) = node.attribute(name)?.value { value } else { 0 }
    }
    func float(_ name: String) -> Float {
      if case .float(let value) = node.attribute(name)?.value { value } else { 1 }
    }
    guard float("alpha") == 1, float("beta") == 1, int("transA") == 0 else { return nil }
    transposesWeight = int("transB") != 0
    hasBias = !node.input(2).isEmpty
  }
}
