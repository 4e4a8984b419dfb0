import ViTKernel

/// The type and shape of one result of a node.
struct ResultType: Sendable, Equatable {
  var type: ElementType
  var shape: [Int]
}

/// What a node reads, for inferring what it gives: types, shapes, and the elements that are known.
struct NodeInputs {
  let node: OperatorNode
  let graph: OperatorGraph

  func type(_ position: Int) throws(KernelError) -> ElementType {
    guard let id = node.input(position), let type = graph[id].type else {
      throw .invalid("input \(position) is missing")
    }
    return type
  }

  func shape(_ position: Int) throws(KernelError) -> [Int] {
    guard let id = node.input(position), let shape = graph[id].shape else {
      throw .invalid("input \(position) is missing")
    }
    return shape
  }

  func optionalShape(_ position: Int) -> [Int]? {
    node.input(position).flatMap { graph[$0].shape }
  }

  /// The shapes of all inputs, none of which may be absent.
  func shapes() throws(KernelError) -> [[Int]] {
    var shapes: [[Int]] = []
    for position in node.inputs.indices { shapes.append(try shape(position)) }
    return shapes
  }

  /// The elements of an input that decides a shape.
  func known(_ position: Int, _ what: String) throws(KernelError) -> Tensor {
    guard let id = node.input(position) else {
      throw .invalid("input \(position) (\(what)) is missing")
    }
    guard let constant = graph[id].constant else { throw Self.isComputed(position, what) }
    return constant.tensor
  }

  private static func isComputed(_ position: Int, _ what: String) -> KernelError {
    .unsupported(
      "input \(position) (\(what)) is computed from the data, so that no shape is known before "
        + "the model runs")
  }

  /// The integers of an input that decides a shape, or of the attribute that older opsets have.
  func integers(
    _ position: Int, _ what: String, unless attribute: [Int]? = nil
  ) throws(KernelError) -> [Int] {
    guard let values = try optionalIntegers(position, what, unless: attribute) else {
      throw .invalid("input \(position) (\(what)) is missing")
    }
    return values
  }

  func optionalIntegers(
    _ position: Int, _ what: String, unless attribute: [Int]? = nil
  ) throws(KernelError) -> [Int]? {
    if let attribute { return attribute }
    guard let id = node.input(position) else { return nil }
    guard let values = graph.integers(id) else { throw Self.isComputed(position, what) }
    return values
  }
}

extension Operator {
  /// Types and shapes of the results, one for each output that the operator can have.
  ///
  /// - Throws: ``KernelError`` where the operator's rules forbid the inputs.
  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {
    case .constant(let tensor):
      return [ResultType(type: tensor.elementType, shape: tensor.shape)]
    case .identity, .unary, .clip, .softmax, .logSoftmax:
      return [ResultType(type: try inputs.type(0), shape: try inputs.shape(0))]
    case .dropout: return try dropout(inputs)
    case .predicate: return [ResultType(type: .bool, shape: try inputs.shape(0))]
    case .cast(let type): return [ResultType(type: type, shape: try inputs.shape(0))]
    case .narrow(let type, _, _):
      return [ResultType(type: type.computed, shape: try inputs.shape(0))]
    case .castLike: return [ResultType(type: try inputs.type(1), shape: try inputs.shape(0))]
    case .conditional:
      throw .unsupported("If with a condition that is computed from the data")
    case .image(let op): return try op.results(inputs)
    case .indexing(let op): return try op.results(inputs)
    case .transformer(let op): return try op.results(inputs)
    case .quantized(let op): return try op.results(inputs)
    case .binary, .comparison, .logical, .variadic, .select: return [try broadcasting(inputs)]
    case .matMul, .gemm, .conv, .matMulInteger: return [try product(inputs)]
    case .layerNormalization(let axis, _): return try normalization(inputs, axis: axis)
    case .reduce(_, let axes, let keepDims, let noop):
      return [
        ResultType(
          type: try inputs.type(0),
          shape: try ShapeRules.reduce(
            try inputs.shape(0), axes: try inputs.optionalIntegers(1, "axes", unless: axes),
            keepDims: keepDims, noopWithEmptyAxes: noop))
      ]
    case .dynamicQuantizeLinear, .quantizeLinear, .quantizeNarrow, .dequantizeLinear:
      return try quantization(inputs)
    case .shape, .size, .reshape, .squeeze, .unsqueeze, .flatten, .constantOfShape, .range:
      return [try reshaping(inputs)]
    case .transpose, .concat, .slice, .gather, .expand, .tile, .pad: return [try moving(inputs)]
    case .split(let axis, let sizes, let outputs):
      return try splitting(inputs, axis: axis, sizes: sizes, outputs: outputs)
    case .fused(.attention(let fusion)): return try fusion.results(inputs)
    case .fused:
      // Passes run after inference and keep the values that they found.
      return []
    }
  }

  /// In training mode, opset 12's third input, a ratio above zero draws random numbers.
  private func dropout(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    if let id = inputs.node.input(2) {
      let mode = inputs.graph[id].constant?.tensor
      let trains = mode.map { $0.elementType != .bool || $0.elements(of: Bool.self) != [false] }
      guard trains == false || inputs.graph.scalar(inputs.node.input(1)) == 0 else {
        throw .unsupported("Dropout in training mode")
      }
    }
    let shape = try inputs.shape(0)
    return [
      ResultType(type: try inputs.type(0), shape: shape), ResultType(type: .bool, shape: shape),
    ]
  }

  private func broadcasting(_ inputs: NodeInputs) throws(KernelError) -> ResultType {
    let shape = try ShapeRules.broadcast(try inputs.shapes())
    if case .binary(.prelu) = self {
      _ = try ShapeRules.broadcast(try inputs.shape(1), to: try inputs.shape(0))
    }
    switch self {
    case .comparison, .logical: return ResultType(type: .bool, shape: shape)
    case .select: return ResultType(type: try inputs.type(1), shape: shape)
    default: return ResultType(type: try inputs.type(0), shape: shape)
    }
  }

  private func product(_ inputs: NodeInputs) throws(KernelError) -> ResultType {
    let (a, b) = (try inputs.shape(0), try inputs.shape(1))
    switch self {
    case .gemm(let parameters):
      return ResultType(
        type: try inputs.type(0),
        shape: try ShapeRules.gemm(a, b, c: inputs.optionalShape(2), parameters))
    case .conv(let parameters):
      return ResultType(
        type: try inputs.type(0),
        shape: try ShapeRules.conv(a, weight: b, bias: inputs.optionalShape(2), parameters))
    case .matMulInteger: return ResultType(type: .int32, shape: try ShapeRules.matMul(a, b))
    default: return ResultType(type: try inputs.type(0), shape: try ShapeRules.matMul(a, b))
    }
  }

  private func normalization(
    _ inputs: NodeInputs, axis: Int
  ) throws(KernelError) -> [ResultType] {
    let (type, shape) = (try inputs.type(0), try inputs.shape(0))
    let statistics = try ShapeRules.layerNormalizationStatistics(shape, axis: axis)
    return [
      ResultType(type: type, shape: shape), ResultType(type: .float32, shape: statistics),
      ResultType(type: .float32, shape: statistics),
    ]
  }

  private func quantization(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    let shape = try inputs.shape(0)
    switch self {
    case .dynamicQuantizeLinear:
      return [
        ResultType(type: .uint8, shape: shape), ResultType(type: .float32, shape: []),
        ResultType(type: .uint8, shape: []),
      ]
    case .quantizeLinear(_, _, let outputType):
      let zeroPoint = inputs.node.input(2) == nil ? nil : try inputs.type(2)
      return [ResultType(type: zeroPoint ?? outputType ?? .uint8, shape: shape)]
    case .quantizeNarrow(let target):
      return [ResultType(type: target.type.computed, shape: shape)]
    default: return [ResultType(type: try inputs.type(1), shape: shape)]
    }
  }

  private func reshaping(_ inputs: NodeInputs) throws(KernelError) -> ResultType {
    switch self {
    case .shape(let start, let end):
      let dimensions = ShapeRules.shapeSlice(try inputs.shape(0), start: start, end: end)
      return ResultType(type: .int64, shape: [dimensions.count])
    case .size: return ResultType(type: .int64, shape: [])
    case .constantOfShape(let value):
      return ResultType(
        type: value.elementType, shape: try ShapeRules.checked(try inputs.integers(0, "shape")))
    case .range:
      let bounds = (0..<3).map { position in
        inputs.node.input(position).flatMap { inputs.graph[$0].constant?.tensor }
      }
      guard let start = bounds[0], let limit = bounds[1], let delta = bounds[2] else {
        throw .unsupported(
          "a range computed from the data, so that no shape is known before the model runs")
      }
      return ResultType(
        type: start.elementType,
        shape: try ShapeRules.range(start: start, limit: limit, delta: delta))
    default: break
    }
    let (type, shape) = (try inputs.type(0), try inputs.shape(0))
    switch self {
    case .squeeze(let axes):
      return ResultType(
        type: type,
        shape: try ShapeRules.squeeze(
          shape, axes: try inputs.optionalIntegers(1, "axes", unless: axes)))
    case .unsqueeze(let axes):
      return ResultType(
        type: type,
        shape: try ShapeRules.unsqueeze(shape, axes: try inputs.integers(1, "axes", unless: axes)))
    case .flatten(let axis):
      return ResultType(type: type, shape: try ShapeRules.flatten(shape, axis: axis))
    case .reshape(let allowZero):
      return ResultType(
        type: type,
        shape: try ShapeRules.reshape(
          shape, requested: try inputs.integers(1, "shape"), allowZero: allowZero))
    default: return ResultType(type: type, shape: shape)
    }
  }

  private func moving(_ inputs: NodeInputs) throws(KernelError) -> ResultType {
    let (type, shape) = (try inputs.type(0), try inputs.shape(0))
    let result: [Int]
    switch self {
    case .transpose(let permutation):
      result = try ShapeRules.transpose(shape, permutation: permutation)
    case .concat(let axis):
      result = try ShapeRules.concat(try inputs.shapes(), axis: axis)
    case .slice(let bounds): result = try sliceWindow(inputs, bounds).shape
    case .gather(let axis):
      result = try ShapeRules.gather(shape, indices: try inputs.shape(1), axis: axis)
    case .expand:
      result = try ShapeRules.broadcast([shape, try inputs.integers(1, "shape")])
    case .tile: result = try ShapeRules.tile(shape, repeats: try inputs.integers(1, "repeats"))
    case .pad(_, let amounts):
      result = try ShapeRules.pad(
        shape, pads: try inputs.integers(1, "pads", unless: amounts?.pads),
        axes: try inputs.optionalIntegers(3, "axes"))
    default: result = shape
    }
    return ResultType(type: type, shape: result)
  }

  private func splitting(
    _ inputs: NodeInputs, axis: Int, sizes: [Int]?, outputs: Int?
  ) throws(KernelError) -> [ResultType] {
    let type = try inputs.type(0)
    let rule = try splitRule(inputs, sizes: sizes, outputs: outputs)
    let shapes = try ShapeRules.split(try inputs.shape(0), axis: axis, rule: rule)
    guard shapes.count == inputs.node.outputs.count else {
      throw .invalid("\(shapes.count) parts for \(inputs.node.outputs.count) outputs")
    }
    return shapes.map { ResultType(type: type, shape: $0) }
  }

  /// How a Split divides its axis: lengths given, or as many parts as there are outputs.
  func splitRule(
    _ inputs: NodeInputs, sizes: [Int]?, outputs: Int?
  ) throws(KernelError) -> SplitRule {
    if let lengths = try inputs.optionalIntegers(1, "split", unless: sizes) {
      return .lengths(lengths)
    }
    if let outputs { return .chunks(outputs: outputs) }
    return .equal(outputs: inputs.node.outputs.count)
  }

  /// The part of its input that a Slice takes.
  func sliceWindow(
    _ inputs: NodeInputs, _ bounds: SliceBounds?
  ) throws(KernelError) -> SliceWindow {
    try ShapeRules.slice(
      try inputs.shape(0), starts: try inputs.integers(1, "starts", unless: bounds?.starts),
      ends: try inputs.integers(2, "ends", unless: bounds?.ends),
      axes: try inputs.optionalIntegers(3, "axes", unless: bounds?.axes),
      steps: try inputs.optionalIntegers(4, "steps"))
  }
}
