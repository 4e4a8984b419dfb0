import ViTKernel

extension IndexingOperator {
  func evaluate(_ operands: Operands, outputs: Int) throws(KernelError) -> [Tensor] {
    let x = try operands.tensor(0)
    switch self {
    case .topK(let axis, let count, let largest):
      let count = try operands.requiredIntegers(1, unless: count.map { [$0] })
      guard count.count == 1 else { throw .invalid("TopK: \(count.count) numbers as K") }
      let result = try Reference.topK(x, k: count[0], axis: axis, largest: largest)
      return [result.values, result.indices]
    case .unique(let axis, let sorted):
      let result = try Reference.unique(x, axis: axis, sorted: sorted)
      return [result.values, result.firstIndices, result.inverseIndices, result.counts]
    case .softmaxCrossEntropy(let parameters):
      guard x.shape.count >= 2 else { throw .invalid("a loss of scores \(x.shape)") }
      let logarithms = try Reference.softmax(x, axis: 1, logarithm: true)
      let loss = try Reference.negativeLogLikelihood(
        logarithms, targets: try operands.tensor(1), weights: operands.optional(2), parameters)
      return [loss, logarithms]
    case .gatherElements, .gatherND, .scatterElements, .scatterND, .tensorScatter, .compress,
      .reverseSequence:
      return [try indexed(x, operands)]
    case .argReduce, .hardmax, .scan, .nonZero, .einsum, .determinant, .negativeLogLikelihood:
      return [try computed(x, operands)]
    case .oneHot, .eyeLike, .trilu, .bitwise, .bitwiseNot, .bitShift, .bitCast, .window:
      return [try created(x, operands)]
    }
  }

  private func indexed(_ x: Tensor, _ operands: Operands) throws(KernelError) -> Tensor {
    let second = try operands.tensor(1)
    switch self {
    case .gatherElements(let axis):
      return try Reference.gatherElements(x, indices: second, axis: axis)
    case .gatherND(let batchDims):
      return try Reference.gatherND(x, indices: second, batchDims: batchDims)
    case .scatterElements(let axis, let reduction):
      return try Reference.scatterElements(
        x, indices: second, updates: try operands.tensor(2), axis: axis, reduction: reduction)
    case .scatterND(let reduction):
      return try Reference.scatterND(
        x, indices: second, updates: try operands.tensor(2), reduction: reduction)
    case .tensorScatter(let axis, let circular):
      return try Reference.tensorScatter(
        x, update: second, starts: operands.optional(2), axis: axis, circular: circular)
    case .compress(let axis): return try Reference.compress(x, condition: second, axis: axis)
    case .reverseSequence(let batchAxis, let timeAxis):
      return try Reference.reverseSequence(
        x, lengths: second, batchAxis: batchAxis, timeAxis: timeAxis)
    default: return x
    }
  }

  private func computed(_ x: Tensor, _ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .argReduce(let operation, let axis, let keepDims, let selectLast):
      return try Reference.argReduce(
        operation, x, axis: axis, keepDims: keepDims, selectLastIndex: selectLast)
    case .hardmax(let axis, let flattens):
      return try Reference.hardmax(x, axis: axis, flattened: flattens)
    case .scan(let operation, let exclusive, let reverse):
      return try Reference.scan(
        operation, x, axis: try Self.axis(try operands.requiredIntegers(1)),
        exclusive: exclusive, reverse: reverse)
    case .nonZero: return Reference.nonZero(x)
    case .einsum(let equation): return try Reference.einsum(equation, try operands.all())
    case .negativeLogLikelihood(let parameters):
      return try Reference.negativeLogLikelihood(
        x, targets: try operands.tensor(1), weights: operands.optional(2), parameters)
    case .determinant: return try Reference.determinant(x)
    default: return x
    }
  }

  private func created(_ x: Tensor, _ operands: Operands) throws(KernelError) -> Tensor {
    switch self {
    case .oneHot(let axis):
      return try Reference.oneHot(
        x, depth: try Self.depth(try operands.tensor(1)), values: try operands.tensor(2),
        axis: axis)
    case .eyeLike(let type, let diagonal):
      return try Reference.eyeLike(x, type: (type ?? x.elementType).computed, diagonal: diagonal)
    case .trilu(let upper):
      return try Reference.trilu(
        x, upper: upper, diagonal: try operands.integers(1)?.first ?? 0)
    case .bitwise(let operation): return try Reference.bitwise(operation, x, try operands.tensor(1))
    case .bitwiseNot: return try Reference.bitwiseNot(x)
    case .bitShift(let direction):
      return try Reference.bitShift(direction, x, try operands.tensor(1))
    case .bitCast(let source, let target):
      return try Reference.bitCast(x, from: source ?? x.elementType, to: target)
    case .window(let function, let periodic, let type):
      let size = try Reference.integers(x)
      guard size.count == 1 else { throw .invalid("\(size.count) numbers as a window's size") }
      return try Reference.window(function, size: size[0], periodic: periodic, type: type.computed)
    default: return x
    }
  }

  /// The one number of a scan's second input.
  static func axis(_ values: [Int]) throws(KernelError) -> Int {
    guard values.count == 1 else { throw .invalid("\(values.count) numbers as an axis") }
    return values[0]
  }
}
