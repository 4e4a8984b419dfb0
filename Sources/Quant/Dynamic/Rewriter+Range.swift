import OnnxParse

/// An activation in 8 bits with a scale to each image or token: the names of its parts, where
/// real = scale * (values + lowest).
struct RangedValue {
  /// uint8, of the activation's shape.
  var values: String
  /// float; 1 along the axes that share a scale.
  var scale: String
  /// int32, of the shape of `scale`: minus the zero point, the integer that stands for the least value.
  var lowest: String
}

/// What is quantized over which range.
struct RangeKey: Hashable {
  let value: String
  let range: ActivationRange
}

extension Rewriter {
  /// The range for the activation `left`, which `matrix`, where it is one, multiplies: the one asked for,
  /// or the tensor's, and what there is to say about it.
  func range(
    of left: String, times matrix: QuantizedValue?
  ) -> (range: ActivationRange, remark: String) {
    guard decision.range != .tensor else { return (.tensor, "") }
    guard matrix != nil else {
      return (.tensor, "; one range for the tensor: its second operand is no constant matrix")
    }
    guard decision.range == .token || hasImages(left, decision.range) else {
      return (.tensor, "; one range for the tensor: how many axes its activation has is not known")
    }
    return (decision.range, "; a range for each \(decision.range.rawValue)")
  }

  /// True where `range` is that of an image and `name` is known to have axes within an image.
  func hasImages(_ name: String, _ range: ActivationRange) -> Bool {
    range == .image && ranks[name].map { $0 >= 2 } == true
  }

  /// The float form of the activation `name` after 8 bits with a scale to each image or token.
  mutating func roundTrip(_ name: String, over range: ActivationRange) -> String {
    let key = RangeKey(value: name, range: range)
    if let known = rangedRoundTrips[key] { return known }
    let value = quantizeActivation(name, over: range)
    let base = "\(name)_\(range.rawValue)"
    let values = cast(value.values, to: .float, base + "_quantized_cast")
    let lowest = cast(value.lowest, to: .float, base + "_lowest_cast")
    let steps = compute("Add", [values, lowest], base + "_centred")
    let result = compute("Mul", [steps, value.scale], base + "_dequantized")
    rangedRoundTrips[key] = result
    return result
  }

  /// The activation `name` quantized as DynamicQuantizeLinear does it, but over each image or token by
  /// itself, in operators that broadcast.
  mutating func quantizeActivation(_ name: String, over range: ActivationRange) -> RangedValue {
    let key = RangeKey(value: name, range: range)
    if let known = ranged[key] { return known }
    let base = "\(name)_\(range.rawValue)"
    let (zero, levels) = (scalar(0), scalar(255))
    let low = compute(
      "Min", [extreme("ReduceMin", of: name, range, base + "_minimum"), zero], base + "_low")
    let high = compute(
      "Max", [extreme("ReduceMax", of: name, range, base + "_maximum"), zero], base + "_high")
    let width = compute("Sub", [high, low], base + "_width")
    let step = compute("Div", [width, levels], base + "_step")
    let isEmpty = compute("Equal", [low, high], base + "_is_empty")
    let scale = compute("Where", [isEmpty, scalar(1), step], base + "_scale")
    let lowSteps = compute("Div", [low, scale], base + "_low_steps")
    let lowClipped = compute("Clip", [lowSteps, scalar(-255), zero], base + "_low_clipped")
    let lowest = compute("Round", [lowClipped], base + "_lowest")
    let steps = compute("Div", [name, scale], base + "_steps")
    let rounded = compute("Round", [steps], base + "_rounded")
    let shifted = compute("Sub", [rounded, lowest], base + "_shifted")
    let clipped = compute("Clip", [shifted, zero, levels], base + "_clipped")
    let value = RangedValue(
      values: cast(clipped, to: .uint8, base + "_quantized"), scale: scale,
      lowest: cast(lowest, to: .int32, base + "_lowest_int32"))
    ranged[key] = value
    return value
  }

  /// output = Cast(MatMulInteger(a, w) + lowest of a * column sums of w) * (scale of a * scale of w): the
  /// sum is exact in int32, as MatMulInteger's is with a zero point for a.
  mutating func write(
    matMul original: String, _ left: RangedValue, _ right: QuantizedValue, to output: String
  ) {
    let name = names.newNode(original.isEmpty ? "" : original + "_quant")
    let product = names.newValue(output + "_output_quantized")
    write(
      Node(
        name: name, opType: "MatMulInteger",
        inputs: [left.values, right.values, "", right.zeroPoint], outputs: [product]))
    let shift = compute("Mul", [left.lowest, columnSums(of: right)], product + "_shift")
    let sum = compute("Add", [product, shift], product + "_shifted")
    writeScaling(of: sum, by: [left.scale, right.scale], name: name, to: output)
  }

  /// The sums of the columns of a constant, zero points taken off, as an int32 initializer.
  private mutating func columnSums(of matrix: QuantizedValue) -> String {
    if let known = columnSumNames[matrix.values] { return known }
    let name = names.newValue(matrix.values + "_column_sums")
    columnSumNames[matrix.values] = name
    let sums = matrix.constant?.columnSums ?? Bytes()
    initializers.append(
      TensorProto(
        name: name, dims: [Int64(sums.count / MemoryLayout<Int32>.size)], dataType: .int32,
        payload: .raw(sums)))
    entry.constantBytesAfter += sums.count
    return name
  }

  /// The least or the greatest of each image or token, every axis kept.
  private mutating func extreme(
    _ operator: String, of name: String, _ range: ActivationRange, _ output: String
  ) -> String {
    let axes = range == .token ? [-1] : (1..<Int64(ranks[name] ?? 2)).map(\.self)
    let keep = Attribute(name: "keepdims", value: .int(1))
    if opset < 18 {
      return compute(
        `operator`, [name], output, [Attribute(name: "axes", value: .ints(axes)), keep])
    }
    return compute(`operator`, [name, axesInput(axes)], output, [keep])
  }

  private mutating func axesInput(_ axes: [Int64]) -> String {
    if let known = axesNames[axes] { return known }
    let name = names.newValue("range_axes")
    axesNames[axes] = name
    initializers.append(TensorProto(name: name, dims: [Int64(axes.count)], int64s: axes))
    return name
  }

  /// A float constant that all nodes share.
  private mutating func scalar(_ value: Float) -> String {
    if let known = scalarNames[value] { return known }
    let name = names.newValue(value < 0 ? "range_minus_\(Int(-value))" : "range_\(Int(value))")
    scalarNames[value] = name
    initializers.append(TensorProto(name: name, dims: [], floats: [value]))
    return name
  }

  private mutating func cast(_ input: String, to type: DataType, _ output: String) -> String {
    compute(
      "Cast", [input], output, [Attribute(name: "to", value: .int(Int64(type.rawValue)))])
  }

  /// Writes a node named after its output, and gives the output's name.
  private mutating func compute(
    _ operator: String, _ inputs: [String], _ output: String, _ attributes: [Attribute] = []
  ) -> String {
    let value = names.newValue(output)
    write(
      Node(
        name: names.newNode("\(value)_\(`operator`)"), opType: `operator`, inputs: inputs,
        outputs: [value], attributes: attributes))
    return value
  }
}
