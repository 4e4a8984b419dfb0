import OnnxParse

extension Rewriter {
  /// What an operand of a MatMul is.
  private enum Operand {
    case activation
    case constant(QuantizedValue)
    case unusable
  }

  /// Writes `node` as DynamicQuantizeLinear, MatMulInteger, Cast and Mul, after `preceding`; false,
  /// and nothing written, where a constant stands in the way.
  mutating func rewriteMatMul(
    _ node: Node, after preceding: Node? = nil
  ) throws(QuantizationError) -> Bool {
    guard node.inputs.count == 2, let output = node.outputs.first else { return false }
    let (left, right) = (node.inputs[0], node.inputs[1])
    // In ONNX Runtime's order: it shows where both operands are one constant.
    let leftOperand = try quantizeLeft(left)
    if case .unusable = leftOperand { return false }
    let rightOperand = try quantizeRight(right)
    if case .unusable = rightOperand { return false }
    let matrix = constantMatrix(leftOperand, rightOperand, right)
    let (range, why) = range(of: left, times: matrix)
    entry.quantized.append(.matMul)
    entry.range = range
    entry.reason = matMulReason(leftOperand, rightOperand, right) + why
    if let preceding { write(preceding) }
    if range != .tensor, let matrix {
      write(matMul: node.name, quantizeActivation(left, over: range), matrix, to: output)
    } else {
      write(
        matMul: node.name, quantizedOperand(leftOperand, left),
        quantizedOperand(rightOperand, right), to: output)
    }
    return true
  }

  /// A constant second operand is stored as the options say.
  private mutating func quantizeRight(_ name: String) throws(QuantizationError) -> Operand {
    guard let tensor = initializer(name) else { return .activation }
    // ONNX Runtime 1.32 writes a scale per column for any rank, but runs it for matrices only.
    let perChannel = decision.perChannel && tensor.dims.count == 2 && tensor.dims[1] > 0
    return try quantizeOperand(tensor, options.weightQuantization, perChannel: perChannel)
  }

  /// A constant first operand is stored as an activation would be.
  private mutating func quantizeLeft(_ name: String) throws(QuantizationError) -> Operand {
    guard let tensor = initializer(name) else { return .activation }
    let operand = try quantizeOperand(
      tensor, options.constantActivationQuantization, perChannel: false)
    guard case .constant(let value) = operand, value.isPerChannel else { return operand }
    entry.reason = "its first operand \(name) is quantized per column for another node"
    return .unusable
  }

  private mutating func quantizeOperand(
    _ tensor: TensorProto, _ storage: WeightQuantization, perChannel: Bool
  ) throws(QuantizationError) -> Operand {
    guard let value = try quantizeConstant(tensor, storage, perChannel: perChannel) else {
      return .unusable
    }
    quantizedWeights.insert(tensor.name)
    return .constant(value)
  }

  private func initializer(_ name: String) -> TensorProto? {
    index.initializer(name) ?? transposed[name]
  }

  /// The constant matrix that an activation is multiplied with; nil for other products.
  private func constantMatrix(
    _ left: Operand, _ right: Operand, _ name: String
  ) -> QuantizedValue? {
    guard case .activation = left, case .constant(let value) = right,
      initializer(name)?.dims.count == 2
    else { return nil }
    return value
  }

  private mutating func quantizedOperand(_ operand: Operand, _ name: String) -> QuantizedValue {
    if case .constant(let value) = operand { value } else { quantizeActivation(name) }
  }

  private func matMulReason(_ left: Operand, _ right: Operand, _ weight: String) -> String {
    guard case .constant(let value) = right else {
      if case .constant = left { return "constant first operand, uint8 per tensor" }
      return "both operands quantized as the model runs"
    }
    let granularity = value.isPerChannel ? "per channel" : "per tensor"
    let isMatrix = initializer(weight)?.dims.count == 2
    return "constant weight, \(options.weightType.rawValue) \(granularity)"
      + (decision.perChannel && !isMatrix ? " (not a matrix)" : "")
  }

  /// output = Cast(MatMulInteger(a, b)) * (scale of a * scale of b), rounded in this order.
  private mutating func write(
    matMul original: String, _ left: QuantizedValue, _ right: QuantizedValue, to output: String
  ) {
    let sum = names.newValue(output + "_output_quantized")
    let name = names.newNode(original.isEmpty ? "" : original + "_quant")
    write(
      Node(
        name: name, opType: "MatMulInteger",
        inputs: [left.values, right.values, left.zeroPoint, right.zeroPoint], outputs: [sum]))
    writeScaling(of: sum, by: [left.scale, right.scale], name: name, to: output)
  }

  /// output = Cast(sum) * (product of scales), rounded in this order, for the product `name`.
  mutating func writeScaling(
    of sum: String, by scales: [String], name: String, to output: String
  ) {
    let cast = names.newValue(sum + "_cast_output")
    write(
      Node(
        name: names.newNode(sum + "_cast"), opType: "Cast", inputs: [sum], outputs: [cast],
        attributes: [Attribute(name: "to", value: .int(Int64(DataType.float.rawValue)))]))
    let scale = scaleProduct(scales, name: name)
    let outputName = name.isEmpty ? "" : name + "_output_scale_mul"
    write(
      Node(
        name: names.newNode(outputName), opType: "Mul", inputs: [cast, scale], outputs: [output]))
  }

  /// The product of two scales; nodes without a name share one, as ONNX Runtime has it.
  private mutating func scaleProduct(_ scales: [String], name: String) -> String {
    if name.isEmpty, let known = scaleProducts[scales] { return known }
    let base = name.isEmpty ? scales.joined(separator: "_") + "_mul" : name + "_scales_mul"
    let node = names.newNode(base)
    let product = names.newValue(node + ":0")
    write(Node(name: node, opType: "Mul", inputs: scales, outputs: [product]))
    if name.isEmpty { scaleProducts[scales] = product }
    return product
  }
}
