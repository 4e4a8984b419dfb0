import ViTKernel

/// Operators that choose elements by index, scan or sort them, or combine their bits.
enum IndexingOperator: OperatorGroup {
  case argReduce(ArgReduceOperation, axis: Int, keepDims: Bool, selectLast: Bool)
  case hardmax(axis: Int, flattens: Bool)
  /// The number is the second input's where it is nil.
  case topK(axis: Int, count: Int?, largest: Bool)
  case scan(ScanOperation, exclusive: Bool, reverse: Bool)
  case gatherElements(axis: Int)
  case gatherND(batchDims: Int)
  case scatterElements(axis: Int, ScatterReduction)
  case scatterND(ScatterReduction)
  case tensorScatter(axis: Int, circular: Bool)
  case reverseSequence(batchAxis: Int, timeAxis: Int)
  case compress(axis: Int?)
  case nonZero
  case unique(axis: Int?, sorted: Bool)
  case oneHot(axis: Int)
  case eyeLike(type: ElementType?, diagonal: Int)
  case trilu(upper: Bool)
  case einsum(EinsumEquation)
  case determinant
  case bitwise(BitwiseOperation)
  case bitwiseNot
  case bitShift(ShiftDirection)
  /// From the type that the file declares, where it is known and not the one stored.
  case bitCast(from: ElementType?, to: ElementType)
  case window(WindowFunction, periodic: Bool, type: ElementType)
  case negativeLogLikelihood(LossParameters)
  case softmaxCrossEntropy(LossParameters)

  var shapeOperands: [Int] {
    switch self {
    case .topK, .oneHot, .compress: [1]
    case .nonZero, .unique, .window: [0]
    default: []
    }
  }

  /// True where all results have the first input's type.
  var keepsType: Bool {
    switch self {
    case .argReduce, .topK, .nonZero, .unique, .oneHot, .eyeLike, .bitCast, .window: false
    default: true
    }
  }

  func results(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {
    case .compress, .nonZero, .unique, .topK, .oneHot, .window: return try sized(inputs)
    case .negativeLogLikelihood, .softmaxCrossEntropy: return try losses(inputs)
    default: return [ResultType(type: try type(inputs), shape: try shape(inputs))]
    }
  }

  private func type(_ inputs: NodeInputs) throws(KernelError) -> ElementType {
    switch self {
    case .argReduce: .int64
    case .eyeLike(let type?, _), .bitCast(_, let type): type.computed
    default: try inputs.type(0)
    }
  }

  private func shape(_ inputs: NodeInputs) throws(KernelError) -> [Int] {
    let shape = try inputs.shape(0)
    switch self {
    case .argReduce(_, let axis, let keepDims, _):
      return try ShapeRules.argReduce(shape, axis: axis, keepDims: keepDims)
    case .gatherElements(let axis):
      return try ShapeRules.gatherElements(shape, indices: try inputs.shape(1), axis: axis)
    case .gatherND(let batchDims):
      return try ShapeRules.gatherND(shape, indices: try inputs.shape(1), batchDims: batchDims)
    case .scatterElements(let axis, _):
      return try ShapeRules.scatterElements(
        shape, indices: try inputs.shape(1), updates: try inputs.shape(2), axis: axis)
    case .scatterND:
      return try ShapeRules.scatterND(
        shape, indices: try inputs.shape(1), updates: try inputs.shape(2))
    case .tensorScatter(let axis, _):
      return try ShapeRules.tensorScatter(
        shape, update: try inputs.shape(1), starts: inputs.optionalShape(2), axis: axis)
    case .reverseSequence(let batchAxis, let timeAxis):
      return try ShapeRules.reverseSequence(
        shape, lengths: try inputs.shape(1), batchAxis: batchAxis, timeAxis: timeAxis)
    case .bitwise, .bitShift: return try ShapeRules.broadcast([shape, try inputs.shape(1)])
    case .eyeLike: return try ShapeRules.eyeLike(shape)
    case .trilu: return try ShapeRules.trilu(shape)
    case .determinant: return try ShapeRules.determinant(shape)
    case .einsum(let equation): return try EinsumPlan(equation, shapes: inputs.shapes()).shape
    case .hardmax(let axis, _):
      _ = try ShapeRules.axis(axis, rank: shape.count)
      return shape
    default: return shape
    }
  }

  /// Results whose shape depends on elements, which must be known.
  private func sized(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    switch self {
    case .topK(let axis, let count, _):
      let count = try inputs.integers(1, "K", unless: count.map { [$0] })
      guard count.count == 1 else { throw .invalid("TopK: \(count.count) numbers as K") }
      let shape = try ShapeRules.topK(try inputs.shape(0), axis: axis, k: count[0])
      return [
        ResultType(type: try inputs.type(0), shape: shape), ResultType(type: .int64, shape: shape),
      ]
    case .oneHot(let axis):
      let shape = try ShapeRules.oneHot(
        try inputs.shape(0), depth: try Self.depth(try inputs.known(1, "depth")), axis: axis)
      return [ResultType(type: try inputs.type(2), shape: shape)]
    case .window(_, _, let type):
      let size = try inputs.integers(0, "size")
      guard size.count == 1 else { throw .invalid("\(size.count) numbers as a window's size") }
      return [ResultType(type: type.computed, shape: try ShapeRules.checked(size))]
    case .compress(let axis):
      return [try compressed(inputs, axis: axis)]
    case .nonZero:
      return [
        ResultType(type: .int64, shape: Reference.nonZero(try inputs.known(0, "data")).shape)
      ]
    default:
      let x = try inputs.known(0, "data")
      return try evaluate(Operands(tensors: [x]), outputs: 4).map {
        ResultType(type: $0.elementType, shape: $0.shape)
      }
    }
  }

  private func compressed(_ inputs: NodeInputs, axis: Int?) throws(KernelError) -> ResultType {
    let condition = try inputs.known(1, "condition")
    let shape = try inputs.shape(0)
    let source = axis == nil ? [try ShapeRules.elementCount(shape)] : shape
    let place = try ShapeRules.axis(axis ?? 0, rank: source.count)
    let kept = Reference.nonZero(condition).shape.last ?? 0
    return ResultType(
      type: try inputs.type(0), shape: try ShapeRules.gather(source, indices: [kept], axis: place))
  }

  private func losses(_ inputs: NodeInputs) throws(KernelError) -> [ResultType] {
    let (type, scores) = (try inputs.type(0), try inputs.shape(0))
    switch self {
    case .negativeLogLikelihood(let parameters), .softmaxCrossEntropy(let parameters):
      let loss = try ShapeRules.loss(
        scores, targets: try inputs.shape(1), weights: inputs.optionalShape(2),
        reduction: parameters.reduction)
      return [ResultType(type: type, shape: loss), ResultType(type: type, shape: scores)]
    default: return []
    }
  }

  /// OneHot's depth: one number of any type.
  static func depth(_ tensor: Tensor) throws(KernelError) -> Int {
    let values = Reference.cast(tensor, to: .int64).elements(of: Int64.self)
    guard values.count == 1 else { throw .invalid("OneHot: \(values.count) numbers as depth") }
    return Int(values[0])
  }
}
