import OnnxParse

/// A value in 8 bits: the names of its parts.
struct QuantizedValue {
  var values: String
  var scale: String
  var zeroPoint: String
  /// True where scale and zero point have an element for each index of the last axis.
  var isPerChannel = false
  /// What the names stand for, where it is a constant.
  var constant: StoredConstant?
}

/// Builds the quantized graph, node after node in the order of the original.
struct Rewriter {
  let options: QuantizationOptions
  let constants: QuantizedConstants
  let index: GraphIndex
  var ranks: ValueRanks
  let opset: Int64
  var names: NameTable
  /// Nodes that read only initializers and must come before everything else.
  var prologue: [Node] = []
  var nodes: [Node] = []
  var initializers: [TensorProto] = []
  /// What the node at hand became.
  var entry = QuantizationPlan.Entry(name: "", opType: "", reason: "")
  var warnings: [String] = []

  /// Constants that got a form in 8 bits.
  var storedConstants: [QuantizedConstant] = []
  /// The quantized form of values, by name: ONNX Runtime makes one of each.
  var quantized: [String: QuantizedValue] = [:]
  /// The same with a scale to each image or token.
  var ranged: [RangeKey: RangedValue] = [:]
  /// The float form of values that went through 8 bits with such scales.
  var rangedRoundTrips: [RangeKey: String] = [:]
  /// Initializers that all ranges share: sums of columns by their matrix, axes, and scalars.
  var columnSumNames: [String: String] = [:]
  var axesNames: [[Int64]: String] = [:]
  var scalarNames: [Float: String] = [:]
  /// Initializers that MatMuls read in 8 bits, whose float form other nodes may still want.
  var quantizedWeights: Set<String> = []
  /// Weights whose float form comes from a DequantizeLinear now.
  private var dequantizedWeights: Set<String> = []
  /// The float form of values that went through 8 bits for an Add, by name.
  var roundTripped: [String: String] = [:]
  /// Transposed weights of Gemms by their own name, and their names by the original's.
  var transposed: [String: TensorProto] = [:]
  var transposedNames: [String: String] = [:]
  /// Outputs of products of two scales that nodes without a name share, by the scales.
  var scaleProducts: [[String]: String] = [:]
  /// Constants and Identities that Adds no longer read.
  var replacedConstants: Set<String> = []

  /// DynamicQuantizeLinear nodes that the graph has already, by what they read.
  private let existingQuantizers: [String: Int]
  private var moved: Set<Int> = []
  private var position = 0
  /// What is to be done to the node at hand.
  private(set) var decision = Decision()

  init(
    options: QuantizationOptions, constants: QuantizedConstants, graph: Graph, index: GraphIndex,
    opset: Int64
  ) {
    self.options = options
    self.constants = constants
    self.index = index
    ranks = ValueRanks(of: graph, index: index)
    self.opset = opset
    names = NameTable(of: graph)
    existingQuantizers = Dictionary(
      index.nodes.enumerated().compactMap { position, node in
        node.isStandard && node.opType == "DynamicQuantizeLinear"
          && node.outputs.count == 3 && !node.outputs.contains("")
          ? (node.input(0), position) : nil
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Writes what `node` becomes, and ``entry`` about it.
  mutating func rewrite(
    _ node: Node, at position: Int, _ decision: Decision
  ) throws(QuantizationError) {
    self.position = position
    self.decision = decision
    entry = QuantizationPlan.Entry(
      name: node.label, opType: node.opType, groups: decision.groups,
      isQuantizable: decision.isQuantizable, reason: decision.reason)
    guard !moved.contains(position) else { return }
    guard !decision.operators.isEmpty else {
      keep(node)
      return
    }
    let isRewritten =
      switch node.opType {
      case "MatMul": try rewriteMatMul(node)
      case "Gemm": try rewriteGemm(node, quantizingBias: decision.operators.contains(.add))
      case "Add": try rewriteAdd(node)
      default: false
      }
    try checkChoice(isRewritten: isRewritten)
    if !isRewritten {
      entry.isQuantizable = false
      entry.perChannel = false
      keep(node)
    }
  }

  /// What was chosen for the node at hand must have been done.
  private func checkChoice(isRewritten: Bool) throws(QuantizationError) {
    guard let choice = decision.choice else { return }
    func impossible(_ reason: String) -> QuantizationError {
      .impossibleChoice(node: entry.name, reason: reason)
    }
    guard isRewritten else { throw impossible("it can't be quantized: \(entry.reason)") }
    if choice.perChannel == true, !entry.perChannel {
      throw impossible("it has no constant that can be stored per channel")
    }
    if let range = choice.range, range != entry.range {
      throw impossible("it can't have a range for each \(range.rawValue): \(entry.reason)")
    }
    if choice.perChannel == false, entry.perChannel {
      throw impossible("its constant is stored per channel for another node")
    }
  }

  mutating func write(_ node: Node) {
    nodes.append(node)
    entry.written.append(.init(name: node.name, opType: node.opType))
  }

  /// Writes `node` unchanged. A weight that it shares with a quantized MatMul it reads dequantized,
  /// as ONNX Runtime has it.
  mutating func keep(_ node: Node) {
    dequantizeSharedWeights(of: node)
    nodes.append(node)
  }

  /// Gives `node` the float form of weights that it reads and others read in 8 bits.
  mutating func dequantizeSharedWeights(of node: Node) {
    for input in node.inputs { dequantizeWeight(input, for: node.label) }
  }

  /// Gives graph outputs that are quantized weights their float form back.
  mutating func dequantizeOutputs(_ outputs: [ValueInfo]) {
    for output in outputs { dequantizeWeight(output.name, for: "the graph's outputs") }
  }

  private mutating func dequantizeWeight(_ name: String, for reader: String) {
    guard quantizedWeights.contains(name), let value = quantized[name] else { return }
    // Below opset 13 DequantizeLinear has no axis; the float weight stays beside the quantized one.
    guard !value.isPerChannel || opset >= 13 else { return }
    warnings.append(
      "\(reader) reads weight \(name), which is quantized for another node: "
        + "it gets the dequantized values")
    guard dequantizedWeights.insert(name).inserted else { return }
    let attributes = value.isPerChannel ? [Attribute(name: "axis", value: .int(-1))] : []
    prologue.append(
      Node(
        name: names.newNode(name + "_DequantizeLinear"), opType: "DequantizeLinear",
        inputs: [value.values, value.scale, value.zeroPoint], outputs: [name],
        attributes: attributes))
  }

  /// The activation `name` quantized by a DynamicQuantizeLinear, which is written where there is
  /// none yet.
  mutating func quantizeActivation(_ name: String) -> QuantizedValue {
    if let known = quantized[name] { return known }
    let value: QuantizedValue
    if let existing = existingQuantizers[name] {
      let node = index.nodes[existing]
      value = QuantizedValue(
        values: node.outputs[0], scale: node.outputs[1], zeroPoint: node.outputs[2])
      if existing > position, moved.insert(existing).inserted { nodes.append(node) }
    } else {
      value = QuantizedValue(
        values: names.newValue(name + "_quantized"), scale: names.newValue(name + "_scale"),
        zeroPoint: names.newValue(name + "_zero_point"))
      write(
        Node(
          name: names.newNode(name + "_QuantizeLinear"), opType: "DynamicQuantizeLinear",
          inputs: [name], outputs: [value.values, value.scale, value.zeroPoint]))
    }
    quantized[name] = value
    return value
  }

  /// The constant `tensor` in 8 bits, as new initializers; nil where it has values that are not
  /// finite, which ``entry`` then says.
  mutating func quantizeConstant(
    _ tensor: TensorProto, _ storage: WeightQuantization, perChannel: Bool
  ) throws(QuantizationError) -> QuantizedValue? {
    if let known = quantized[tensor.name] {
      entry.perChannel = entry.perChannel || known.isPerChannel
      return known
    }
    let channelCount = perChannel ? Int(tensor.dims.last ?? 1) : 1
    guard let stored = try constants.quantized(tensor, storage, channelCount: channelCount) else {
      entry.reason = "constant \(tensor.name) has values that are not finite"
      return nil
    }
    let value = QuantizedValue(
      values: names.newValue(tensor.name + "_quantized"),
      scale: names.newValue(tensor.name + "_scale"),
      zeroPoint: names.newValue(tensor.name + "_zero_point"), isPerChannel: perChannel,
      constant: stored)
    let parameterDims = perChannel ? [Int64(channelCount)] : []
    initializers += [
      TensorProto(
        name: value.scale, dims: parameterDims, dataType: .float, payload: .raw(stored.scales)),
      TensorProto(
        name: value.zeroPoint, dims: parameterDims, dataType: storage.type.dataType,
        payload: .raw(stored.zeroPoints)),
      TensorProto(
        name: value.values, dims: tensor.dims, dataType: storage.type.dataType,
        payload: .raw(stored.values)),
    ]
    let source = transposedNames.first { $0.value == tensor.name }?.key
    storedConstants.append(
      QuantizedConstant(
        original: source.flatMap(index.initializer) ?? tensor, isTransposed: source != nil,
        values: value.values, scale: value.scale, zeroPoint: value.zeroPoint))
    entry.constantBytesBefore += stored.values.count * MemoryLayout<Float>.size
    entry.constantBytesAfter += stored.byteCount
    entry.perChannel = entry.perChannel || perChannel
    quantized[tensor.name] = value
    return value
  }
}
