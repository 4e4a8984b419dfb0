import ViTKernel

/// Operators over images and feature maps: resizing, pooling, normalisation of channels, transposed and
/// deformed convolution, sampling, and blocks of channels laid out in space.
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
  /// Inputs: x, lengths
  case centerCropPad(axes: [Int]?)
  /// Inputs: x, indices, shape?
  case maxUnpool(ConvParameters)
  /// Inputs: x, weight, bias?
  case convTranspose(ConvTransposeParameters)
  /// Inputs: x, weight, offset, bias?, mask?
  case deformConv(DeformConvParameters)
  /// Inputs: x, shape of the image, shape of the block
  case col2Im(ConvParameters)
  case localResponseNormalization(LocalResponseParameters)
  case meanVarianceNormalization(axes: [Int])
  case lpNormalization(axis: Int, p: Int)
  /// Inputs: x, grid
  case gridSample(GridSampleParameters)
  /// Inputs: theta, size
  case affineGrid(alignCorners: Bool)
  /// Inputs: x, regions, images
  case roiAlign(RoiAlignParameters)

  var shapeOperands: [Int] {
    switch self {
    case .resize: [1, 2, 3]
    case .scale, .centerCropPad, .affineGrid: [1]
    case .maxUnpool: [2]
    case .col2Im: [1, 2]
    default: []
    }
  }

  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    let (type, shape) = (try inputs.type(0), try inputs.shape(0))
    switch self {
    case .resize, .scale, .scaleBy:
      let operands = Operands(constantsOf: inputs.node, in: inputs.graph)
      for position in shapeOperands where inputs.node.input(position) != nil {
        guard operands.optional(position) != nil else {
          throw .unsupported("Resize to a size that is computed from the data")
        }
      }
      return [ResultType(type: type, shape: try geometry(shape, operands).output)]
    case .pool(.max, let parameters):
      let result = try ShapeRules.pool(shape, parameters)
      return [ResultType(type: type, shape: result), ResultType(type: .int64, shape: result)]
    case .batchStatistics:
      let channels = shape.count > 1 ? shape[1] : 1
      let statistics = ResultType(type: type, shape: [channels])
      return [ResultType(type: type, shape: shape)] + Array(repeating: statistics, count: 4)
    default: return [ResultType(type: type, shape: try resultShape(shape, inputs))]
    }
  }

  /// The shape of the only result.
  private func resultShape(
    _ shape: [Int], _ inputs: NodeInputs
  ) throws(KernelError) -> [Int] {
    switch self {
    case .pool(_, let parameters): return try ShapeRules.pool(shape, parameters)
    case .depthToSpace(let block, _): return try ShapeRules.depthToSpace(shape, block: block)
    case .spaceToDepth(let block, _): return try ShapeRules.spaceToDepth(shape, block: block)
    case .centerCropPad(let axes):
      return try ShapeRules.centerCropPad(
        shape, lengths: try inputs.integers(1, "shape"), axes: axes)
    case .maxUnpool(let parameters):
      return try ShapeRules.maxUnpool(
        shape, indices: try inputs.shape(1),
        requested: try inputs.optionalIntegers(2, "output_shape"), parameters)
    case .convTranspose(let parameters):
      return try ShapeRules.convTranspose(
        shape, weight: try inputs.shape(1), bias: inputs.optionalShape(2), parameters)
    case .deformConv(let parameters):
      return try ShapeRules.deformConv(
        shape, weight: try inputs.shape(1), offset: try inputs.shape(2),
        bias: inputs.optionalShape(3), mask: inputs.optionalShape(4), parameters)
    case .col2Im(let parameters):
      return try ShapeRules.col2Im(
        shape, image: try inputs.integers(1, "image_shape"),
        block: try inputs.integers(2, "block_shape"), parameters)
    case .gridSample: return try ShapeRules.gridSample(shape, grid: try inputs.shape(1))
    case .affineGrid:
      return try ShapeRules.affineGrid(shape, size: try inputs.integers(1, "size"))
    case .roiAlign(let parameters):
      return try ShapeRules.roiAlign(
        shape, regions: try inputs.shape(1), images: try inputs.shape(2), parameters)
    default: return shape
    }
  }

  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    let x = try operands.tensor(0)
    switch self {
    case .resize(let parameters):
      return [
        try Reference.resize(
          x, try geometry(x.shape, operands), region: region(operands), parameters)
      ]
    case .scale(let parameters), .scaleBy(_, let parameters):
      return [try Reference.resize(x, try geometry(x.shape, operands), parameters)]
    case .pool(let operation, let parameters):
      let result = try Reference.pool(operation, x, parameters)
      return [result.y, result.indices]
    case .batchStatistics(let epsilon, let momentum):
      let result = try Reference.batchStatistics(
        x, scale: try operands.tensor(1), bias: try operands.tensor(2),
        mean: try operands.tensor(3), variance: try operands.tensor(4), epsilon: epsilon,
        momentum: momentum)
      return [
        result.y, result.mean, result.variance, result.batchMean, result.batchVariance,
      ]
    case .batchNormalization, .groupNormalization, .localResponseNormalization,
      .meanVarianceNormalization, .lpNormalization:
      return [try normalized(x, operands)]
    case .gridSample, .affineGrid, .roiAlign: return [try sampled(x, operands)]
    default: return [try rearranged(x, operands)]
    }
  }

  private func normalized(_ x: Tensor, _ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .batchNormalization(let epsilon):
      return try Reference.batchNormalization(
        x, scale: try operands.tensor(1), bias: try operands.tensor(2),
        mean: try operands.tensor(3), variance: try operands.tensor(4), epsilon: epsilon)
    case .groupNormalization(let groups, let epsilon):
      return try Reference.groupNormalization(
        x, groups: groups, scale: try operands.tensor(1), bias: try operands.tensor(2),
        epsilon: epsilon)
    case .localResponseNormalization(let parameters):
      return try Reference.localResponseNormalization(x, parameters)
    case .meanVarianceNormalization(let axes):
      return try Reference.meanVarianceNormalization(x, axes: axes)
    case .lpNormalization(let axis, let p):
      return try Reference.lpNormalization(x, axis: axis, p: p)
    default: return x
    }
  }

  private func sampled(_ x: Tensor, _ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .affineGrid(let alignCorners):
      return try Reference.affineGrid(
        x, size: try operands.requiredIntegers(1), alignCorners: alignCorners)
    case .roiAlign(let parameters):
      return try Reference.roiAlign(
        x, regions: try operands.tensor(1), images: try operands.tensor(2), parameters)
    case .gridSample(let parameters):
      return try Reference.gridSample(x, grid: try operands.tensor(1), parameters)
    default: return x
    }
  }

  private func rearranged(_ x: Tensor, _ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .depthToSpace(let block, let columnsFirst):
      return try Reference.depthToSpace(x, block: block, columnsFirst: columnsFirst)
    case .spaceToDepth(let block, let columnsFirst):
      return try Reference.spaceToDepth(x, block: block, columnsFirst: columnsFirst)
    case .centerCropPad(let axes):
      return try Reference.centerCropPad(
        x, lengths: try operands.requiredIntegers(1), axes: axes)
    case .maxUnpool(let parameters):
      return try Reference.maxUnpool(
        x, indices: try operands.tensor(1), requested: try operands.integers(2), parameters)
    case .convTranspose(let parameters):
      return try Reference.convTranspose(
        x, weight: try operands.tensor(1), bias: operands.optional(2), parameters)
    case .deformConv(let parameters):
      return try Reference.deformConv(
        x, weight: try operands.tensor(1), offset: try operands.tensor(2),
        bias: operands.optional(3), mask: operands.optional(4), parameters)
    case .col2Im(let parameters):
      return try Reference.col2Im(
        x, image: try operands.requiredIntegers(1), block: try operands.requiredIntegers(2),
        parameters)
    default: return x
    }
  }

  /// Resize's `roi`, which may be empty.
  func region(_ operands: Operands) -> [Float]? {
    guard case .resize = self else { return nil }
    return operands.optional(1).flatMap { $0.count > 0 ? Reference.floats($0) : nil }
  }

  /// How far the input is resized. Empty scales or sizes stand for none (Resize 11).
  func geometry(_ shape: [Int], _ operands: Operands) throws(KernelError) -> ResizeGeometry {
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
}

extension Operands {
  /// The inputs that are known before the model runs; nil for others.
  init(constantsOf node: OperatorNode, in graph: OperatorGraph) {
    self.init(tensors: node.inputs.map { id in id.flatMap { graph[$0].constant?.tensor } })
  }
}
