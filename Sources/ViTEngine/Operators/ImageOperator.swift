import ViTKernel

/// Operators over images and feature maps: resizing, pooling, batch and group normalisation, and
/// blocks of channels laid out in space.
enum ImageOperator: OperatorGroup {
  /// Inputs: x, roi?, scales?, sizes?
  case resize(ResizeParameters)
  /// Resize 10 and Upsample 9: the scales are the second input.
  case scale(ResizeParameters)
  /// Upsample 7.
  case scaleBy([Float], ResizeParameters)
  case pool(PoolOperation, PoolParameters)
  /// Inputs: x, scale, bias, mean, variance
  case batchNormalization(epsilon: Float)
  /// BatchNormalization by the batch's own mean and variance (`training_mode` 1), which some models
  /// standardize their weights by. Outputs: y, running mean, running
  /// variance, and before opset 14 the batch's own
  case batchStatistics(epsilon: Float, momentum: Float)
  /// Inputs: x, scale, bias; nil groups for a group to each channel.
  case groupNormalization(groups: Int?, epsilon: Float)
  case depthToSpace(block: Int, columnsFirst: Bool)
  case spaceToDepth(block: Int, columnsFirst: Bool)

  var shapeOperands: [Int] {
    switch self {
    case .resize: [1, 2, 3]
    case .scale: [1]
    default: []
    }
  }

  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    let (type, shape) = (try inputs.type(0), try inputs.shape(0))
    switch self {
    case .resize, .scale, .scaleBy:
      let operands = Operands(
        tensors: inputs.node.inputs.map { id in
          id.flatMap { inputs.graph[$0].constant?.tensor }
        })
      for position in shapeOperands where inputs.node.input(position) != nil {
        guard operands.optional(position) != nil else {
          throw .unsupported("Resize to a size that is computed from the data")
        }
      }
      return [ResultType(type: type, shape: try geometry(shape, operands).output)]
    case .pool(let operation, let parameters):
      let result = try ShapeRules.pool(shape, parameters)
      let indices = operation == .max ? [ResultType(type: .int64, shape: result)] : []
      return [ResultType(type: type, shape: result)] + indices
    case .batchStatistics:
      let channels = shape.count > 1 ? shape[1] : 1
      let statistics = ResultType(type: type, shape: [channels])
      return [ResultType(type: type, shape: shape)] + Array(repeating: statistics, count: 4)
    case .batchNormalization, .groupNormalization: return [ResultType(type: type, shape: shape)]
    case .depthToSpace(let block, _):
      return [ResultType(type: type, shape: try ShapeRules.depthToSpace(shape, block: block))]
    case .spaceToDepth(let block, _):
      return [ResultType(type: type, shape: try ShapeRules.spaceToDepth(shape, block: block))]
    }
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    let x = try operands.tensor(0)
    switch self {
    case .resize(let parameters):
      let region = operands.optional(1).flatMap { $0.count > 0 ? Reference.floats($0) : nil }
      return [
        try Reference.resize(x, try geometry(x.shape, operands), region: region, parameters)
      ]
    case .scale(let parameters), .scaleBy(_, let parameters):
      return [try Reference.resize(x, try geometry(x.shape, operands), parameters)]
    case .pool(let operation, let parameters):
      let result = try Reference.pool(operation, x, parameters)
      return [result.y, result.indices]
    case .batchNormalization(let epsilon):
      return [
        try Reference.batchNormalization(
          x, scale: try operands.tensor(1), bias: try operands.tensor(2),
          mean: try operands.tensor(3), variance: try operands.tensor(4), epsilon: epsilon)
      ]
    case .batchStatistics(let epsilon, let momentum):
      let result = try Reference.batchStatistics(
        x, scale: try operands.tensor(1), bias: try operands.tensor(2),
        mean: try operands.tensor(3), variance: try operands.tensor(4), epsilon: epsilon,
        momentum: momentum)
      return [
        result.y, result.mean, result.variance, result.batchMean, result.batchVariance,
      ]
    case .groupNormalization(let groups, let epsilon):
      return [
        try Reference.groupNormalization(
          x, groups: groups, scale: try operands.tensor(1), bias: try operands.tensor(2),
          epsilon: epsilon)
      ]
    case .depthToSpace(let block, let columnsFirst):
      return [try Reference.depthToSpace(x, block: block, columnsFirst: columnsFirst)]
    case .spaceToDepth(let block, let columnsFirst):
      return [try Reference.spaceToDepth(x, block: block, columnsFirst: columnsFirst)]
    }
  }

  /// How far the input is resized. Empty scales or sizes stand for none (Resize 11).
  private func geometry(_ shape: [Int], _ operands: Operands) throws(KernelError) -> ResizeGeometry
  {
    func floats(_ position: Int) -> [Float]? {
      operands.optional(position).flatMap { $0.count > 0 ? Reference.floats($0) : nil }
    }
    switch self {
    case .resize(let parameters):
      let sizes = try operands.integers(3)
      return try ResizeGeometry(
        input: shape, scales: floats(2), sizes: sizes?.isEmpty == true ? nil : sizes, parameters)
    case .scale(let parameters):
      return try ResizeGeometry(input: shape, scales: floats(1), sizes: nil, parameters)
    case .scaleBy(let scales, let parameters):
      return try ResizeGeometry(input: shape, scales: scales, sizes: nil, parameters)
    default: throw .unsupported("the geometry of an operator that resizes nothing")
    }
  }

  func kernel(for node: OperatorNode, in lowering: Lowering) throws(KernelError) -> LoweredNode? {
    guard lowering.isFloat(node), node.outputs.dropFirst().allSatisfy({ $0 == nil }) else {
      return nil
    }
    switch self {
    case .pool(.average, let parameters) where parameters.kernel.isEmpty:
      return globalAverage(node, in: lowering)
    default: return nil
    }
  }

  /// GlobalAveragePool: the mean of each plane.
  private func globalAverage(_ node: OperatorNode, in lowering: Lowering) -> LoweredNode? {
    let columns = lowering.shape(node, input: 0).dropFirst(2).reduce(1, *)
    guard columns > 0 else { return nil }
    let executor = lowering.executor
    return LoweredNode(name: "globalAveragePool") { binding throws(KernelError) in
      let (x, y) = (try binding.input(0), try binding.output(0))
      return { () throws(KernelError) in
        try executor.reduceRows(.mean, x, columns: columns, into: y)
      }
    }
  }
}
