import OnnxParse

extension Rewriter {
  /// Writes `node` as a float Add of values that went through 8 bits; false, and nothing written,
  /// where a constant stands in the way.
  mutating func rewriteAdd(_ node: Node) throws(QuantizationError) -> Bool {
    var constants: [String: QuantizedValue] = [:]
    for input in node.inputs {
      guard let tensor = index.constant(input) else { continue }
      guard let value = try quantizeAddend(tensor, as: input) else { return false }
      constants[input] = value
    }
    var addends: [String] = []
    entry.range = entry.range ?? .tensor
    for input in node.inputs { addends.append(roundTrip(input, constants[input])) }
    var sum = node
    sum.inputs = addends
    write(sum)
    entry.quantized.append(.add)
    let reason = addReason(constants.values.first)
    entry.reason = entry.quantized == [.add] ? reason : "\(entry.reason); bias: \(reason)"
    return true
  }

  private mutating func quantizeAddend(
    _ tensor: TensorProto, as name: String
  ) throws(QuantizationError) -> QuantizedValue? {
    var tensor = tensor
    tensor.name = name
    // A scale to each single value would take more room than the values themselves.
    let isSpread = tensor.dims.dropLast().contains { $0 > 1 } && !tensor.dims.contains(0)
    let perChannel = decision.perChannel && isSpread
    if index.initializer(name) == nil { replacedConstants.insert(name) }
    return try quantizeConstant(tensor, options.addendQuantization, perChannel: perChannel)
  }

  private func addReason(_ constant: QuantizedValue?) -> String {
    guard let constant else { return "both inputs quantized as the model runs" }
    let granularity = constant.isPerChannel ? "per channel" : "per tensor"
    return "constant stored as \(options.weightType.rawValue) \(granularity)"
  }

  /// The float form of `name` after 8 bits; `constant` is its quantized form where it has one.
  private mutating func roundTrip(_ name: String, _ constant: QuantizedValue?) -> String {
    if let known = roundTripped[name] { return known }
    // What a DequantizeLinear made has 8 bits of information already.
    if constant == nil, index.producer(of: name, as: ["DequantizeLinear"]) != nil { return name }
    if constant == nil, decision.range == .token || hasImages(name, decision.range) {
      entry.range = decision.range
      return roundTrip(name, over: decision.range)
    }
    let value = constant ?? quantizeActivation(name)
    let result = names.newValue(name + "_dequantized")
    if value.isPerChannel, opset < 13 {
      writeColumnwise(value, of: name, to: result)
    } else {
      write(
        Node(
          name: names.newNode(result + "_DequantizeLinear"), opType: "DequantizeLinear",
          inputs: [value.values, value.scale, value.zeroPoint], outputs: [result],
          attributes: value.isPerChannel ? [Attribute(name: "axis", value: .int(-1))] : []))
    }
    roundTripped[name] = result
    return result
  }

  /// (values - zero point) * scale in operators that broadcast over the last axis: DequantizeLinear
  /// has no axis below opset 13.
  private mutating func writeColumnwise(
    _ value: QuantizedValue, of name: String, to result: String
  ) {
    let toFloat = [Attribute(name: "to", value: .int(Int64(DataType.float.rawValue)))]
    func cast(_ input: String) -> String {
      let output = names.newValue(input + "_cast")
      write(
        Node(
          name: names.newNode(output + "_Cast"), opType: "Cast", inputs: [input],
          outputs: [output], attributes: toFloat))
      return output
    }
    let operands = [cast(value.values), cast(value.zeroPoint)]
    let centred = names.newValue(name + "_centred")
    write(
      Node(
        name: names.newNode(centred + "_Sub"), opType: "Sub", inputs: operands,
        outputs: [centred]))
    write(
      Node(
        name: names.newNode(result + "_Mul"), opType: "Mul", inputs: [centred, value.scale],
        outputs: [result]))
  }
}
