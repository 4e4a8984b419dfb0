import CKernels

/// One of several operations over the same elements.
public enum ElementStep: Sendable {
  case unary(UnaryOperation)
  /// With another operand, which broadcasts to the result; `isReversed` where that is the left one.
  case binary(BinaryOperation, Tensor, isReversed: Bool)
  /// QuantizeLinear and DequantizeLinear with one float32 scale and one zero point of int8 or uint8.
  case fakeQuantize(scale: Tensor, zeroPoint: Tensor)
}

/// Element-wise operations one after the other, done block by block: the elements stay in the cache
/// between them, and each operation gives the bits that it gives by itself.
public final class ElementSequence: @unchecked Sendable {
  // The arguments are written here once; runs only read them. What they point to is kept by `tensors`
  // and ordered as for every kernel.
  private let executor: Executor
  private let tensors: [Tensor]
  private var arguments: [UnsafeMutableRawPointer] = []
  private let steps: UnsafeMutablePointer<vitq_sequence_step>
  private let stepCount: Int
  private let blocks: Int

  /// The operations `steps` on float32 `x`, the first of which may broadcast it, into float32 `output`.
  ///
  /// - Throws: ``KernelError`` where types or shapes do not fit, or an operation is not one of
  ///   float32 elements.
  public init(
    _ x: Tensor, _ operations: [ElementStep], into output: Tensor, for executor: Executor
  ) throws(KernelError) {
    try x.requireFloat("an operand")
    try output.requireWritableFloat("the result")
    self.executor = executor
    stepCount = operations.count
    let block = Int(VITQ_SEQUENCE_BLOCK)
    blocks = (output.count + block - 1) / block
    tensors = [x, output] + operations.flatMap(\.operands)
    steps = .allocate(capacity: max(1, operations.count))
    steps.initialize(repeating: vitq_sequence_step(), count: max(1, operations.count))
    var source = x
    for (place, operation) in operations.enumerated() {
      try add(operation, on: source, into: output, at: place)
      source = output
    }
  }

  deinit {
    steps.deallocate()
    for pointer in arguments { pointer.deallocate() }
  }

  /// Does all of it.
  public func run() {
    executor.parallel(
      blocks, grain: executor.grain(blocks), vitq_sequence_run,
      vitq_sequence(steps: stepCount, step: steps))
  }

  private func add(
    _ operation: ElementStep, on x: Tensor, into y: Tensor, at place: Int
  ) throws(KernelError) {
    switch operation {
    case .unary(let operation):
      try require(x.count == y.count, "\(x.shape) into \(y.shape)")
      let arguments = try operation.arguments(x, into: y)
      keep(arguments, executor.float.unary, elements: y.count, at: place)
    case .binary(let operation, let other, let isReversed):
      try other.requireFloat("an operand")
      let (a, b) = isReversed ? (other, x) : (x, other)
      let plan = try BroadcastPlan(a.shape, b.shape)
      try require(plan.shape == y.shape, "\(a.shape) and \(b.shape) into \(y.shape)")
      let arguments = operation.arguments(a, b, plan: plan, into: y)
      keep(arguments, executor.float.binary, elements: y.count, at: place)
    case .fakeQuantize(let scale, let zeroPoint):
      try require(x.count == y.count, "\(x.shape) into \(y.shape)")
      try requireScale(scale, count: 1, "the values")
      try requireBytes(zeroPoint, "zero point")
      try require(zeroPoint.count == 1, "\(zeroPoint.count) zero points of a tensor")
      let arguments = vitq_quantization(
        count: y.count, span: Int(VITQ_SEQUENCE_BLOCK), axis: 1, step: 0,
        x: x.bytes.baseAddress, y: y.mutableBytes.baseAddress,
        scale: scale.buffer(of: Float.self).baseAddress, zero: zeroPoint.bytePointer,
        is_signed: zeroPoint.elementType == .int8)
      keep(arguments, executor.kernels.int8.pointee.fake_quantize, elements: nil, at: place)
    }
  }

  /// Stores a step's arguments; its items are `elements`, or blocks.
  private func keep<Arguments: BitwiseCopyable>(
    _ arguments: Arguments, _ task: vitq_task, elements: Int?, at place: Int
  ) {
    let pointer = UnsafeMutablePointer<Arguments>.allocate(capacity: 1)
    pointer.initialize(to: arguments)
    self.arguments.append(UnsafeMutableRawPointer(pointer))
    steps[place] = vitq_sequence_step(
      task: task, ctx: UnsafeRawPointer(pointer),
      block_items: elements == nil ? 1 : Int(VITQ_SEQUENCE_BLOCK), items: elements ?? blocks)
  }
}

extension ElementStep {
  /// Tensors that are read beside the elements.
  fileprivate var operands: [Tensor] {
    switch self {
    case .unary: []
    case .binary(_, let other, _): [other]
    case .fakeQuantize(let scale, let zeroPoint): [scale, zeroPoint]
    }
  }
}
