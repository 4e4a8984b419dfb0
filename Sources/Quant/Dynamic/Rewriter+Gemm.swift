import OnnxParse

extension Rewriter {
  /// Writes a Gemm as a quantized MatMul and an Add; false, and nothing written, where a constant
  /// stands in the way.
  mutating func rewriteGemm(
    _ node: Node, quantizingBias: Bool
  ) throws(QuantizationError) -> Bool {
    guard let form = GemmForm(node), let output = node.outputs.first else { return false }
    func name(_ suffix: String) -> String { node.name.isEmpty ? "" : node.name + suffix }
    let weight = node.input(1)
    var matrix = weight
    var transpose: Node?
    if form.transposesWeight {
      if let tensor = index.initializer(weight) {
        matrix = try transposedWeight(tensor)
      } else {
        matrix = names.newValue(weight + "_Transposed")
        transpose = Node(
          name: names.newNode(name("_Transpose")), opType: "Transpose", inputs: [weight],
          outputs: [matrix])
      }
    }
    let product = form.hasBias ? names.newValue(output + "_MatMul") : output
    let matMul = Node(
      name: name("_MatMul"), opType: "MatMul", inputs: [node.input(0), matrix], outputs: [product])
    guard try rewriteMatMul(matMul, after: transpose) else { return false }
    guard form.hasBias else { return true }
    ranks[product] = 2
    let bias = Node(
      name: names.newNode(name("_Add")), opType: "Add", inputs: [product, node.input(2)],
      outputs: [output])
    if quantizingBias, try rewriteAdd(bias) { return true }
    dequantizeSharedWeights(of: bias)
    write(bias)
    return true
  }

  private mutating func transposedWeight(
    _ tensor: TensorProto
  ) throws(QuantizationError) -> String {
    if let known = transposedNames[tensor.name] { return known }
    guard tensor.dims.count == 2 else { return tensor.name }
    let name = names.newValue(
      tensor.name + "_Transposed", withFree: ["_quantized", "_scale", "_zero_point"])
    transposedNames[tensor.name] = name
    transposed[name] = TensorProto(
      name: name, dims: [tensor.dims[1], tensor.dims[0]], dataType: .float,
      payload: .raw(try constants.transposed(tensor)))
    return name
  }
}
