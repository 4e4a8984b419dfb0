import CKernels

/// How a Resize of tensors of one shape goes: one pass for each axis that changes.
public struct ResizePlan: Sendable {
  /// A pass over [outer, input, inner] along its middle axis.
  struct Pass: Sendable {
    let outer: Int
    let input: Int
    let output: Int
    let inner: Int
    let taps: Int
    /// [output, taps], below `input`.
    let indices: [UInt32]
    /// [output, taps]
    let weights: Tensor

    var count: Int { outer * output * inner }
  }

  let inputShape: [Int]
  let outputShape: [Int]
  let passes: [Pass]
  /// Bytes of workspace that a run needs.
  public let workspace: Int

  /// ONNX Resize-19 of tensors of `shape`.
  ///
  /// - Throws: ``KernelError/unsupported(_:)`` where elements lie beyond the input;
  ///   ``KernelError/invalid(_:)`` where there is nothing to sample.
  public init(
    _ shape: [Int], _ geometry: ResizeGeometry, region: [Float]?, _ parameters: ResizeParameters
  ) throws(KernelError) {
    let samples = try ResizeSample.axes(shape, geometry, region: region, parameters)
    guard samples.allSatisfy({ axis in axis.allSatisfy { !$0.indices.isEmpty } }) else {
      throw .unsupported("a kernel for a Resize beyond its input")
    }
    inputShape = shape
    outputShape = geometry.output
    var current = shape
    var passes: [Pass] = []
    for axis in Self.order(shape, geometry.output) where !geometry.output.contains(0) {
      let isSame = samples[axis].enumerated().allSatisfy { $0.1.indices == [$0.0] }
      if isSame && current[axis] == geometry.output[axis] { continue }
      passes.append(Self.pass(current, axis: axis, samples[axis]))
      current[axis] = geometry.output[axis]
    }
    self.passes = passes
    // Between the passes two buffers take turns; the last pass writes the result.
    let largest = passes.dropLast().map(\.count).max() ?? 0
    let buffers = Swift.min(Swift.max(passes.count - 1, 0), 2)
    workspace = try ShapeRules.product(
      ShapeRules.product(buffers, largest), MemoryLayout<Float>.stride)
  }

  /// The axes in the order that leaves the least to do: those that shrink most come first, and of equal
  /// ones the last.
  private static func order(_ input: [Int], _ output: [Int]) -> [Int] {
    input.indices.reversed().sorted { left, right in
      output[left] * Swift.max(input[right], 1) < output[right] * Swift.max(input[left], 1)
    }
  }

  private static func pass(_ shape: [Int], axis: Int, _ samples: [ResizeSample]) -> Pass {
    let taps = samples.map(\.indices.count).max() ?? 0
    var indices: [UInt32] = []
    var weights: [Float] = []
    for sample in samples {
      // Filled up to the same number of taps by ones of no weight, over an element that is read anyway:
      // 0 times a NaN elsewhere would be NaN.
      let rest = taps - sample.indices.count
      let last = sample.indices[sample.indices.count - 1]
      indices += (sample.indices + [Int](repeating: last, count: rest)).map { UInt32($0) }
      weights += sample.weights.map { Float($0) } + [Float](repeating: 0, count: rest)
    }
    return Pass(
      outer: shape[..<axis].reduce(1, *), input: shape[axis], output: samples.count,
      inner: shape[(axis + 1)...].reduce(1, *), taps: taps, indices: indices,
      weights: Tensor(weights, shape: [samples.count, taps]))
  }
}

extension Executor {
  /// Resizes tensors: ONNX Resize-19.
  ///
  /// - Parameters:
  ///   - x: float32 of the shape that `plan` was made for.
  ///   - workspace: uint8, at least the plan's ``ResizePlan/workspace`` bytes.
  ///   - output: float32 of the plan's shape; not `x`.
  /// - Throws: ``KernelError/invalid(_:)`` where a tensor does not fit.
  public func resize(
    _ x: Tensor, plan: ResizePlan, workspace: Tensor, into output: Tensor
  ) throws(KernelError) {
    try x.requireFloat("Resize's input")
    try output.requireWritableFloat("Resize's output")
    try require(
      x.shape == plan.inputShape && output.shape == plan.outputShape,
      "Resize of \(x.shape) into \(output.shape), planned for \(plan.inputShape)")
    try require(
      workspace.byteCount >= plan.workspace && !workspace.storage.isReadOnly,
      "Resize's workspace has \(workspace.byteCount) bytes of \(plan.workspace)")
    guard output.count > 0 else { return }
    if plan.passes.isEmpty { output.copyElements(from: x) }
    let half = plan.workspace / MemoryLayout<Float>.stride / 2
    var source = x.floats
    for (place, pass) in plan.passes.enumerated() {
      let isLast = place == plan.passes.count - 1
      let buffer = place % 2 == 0 || plan.passes.count == 2 ? 0 : half
      let target = isLast ? output.mutableFloats : workspace.mutableFloats + buffer
      run(pass, from: source, into: target)
      source = UnsafePointer(target)
    }
  }

  private func run(
    _ pass: ResizePlan.Pass, from x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    pass.indices.withUnsafeBufferPointer { indices in
      let arguments = vitq_f32_resample(
        input: pass.input, output: pass.output, inner: pass.inner, taps: pass.taps,
        indices: indices.baseAddress, weights: pass.weights.floats, x: x, y: y)
      let items = pass.inner == 1 ? pass.outer : pass.outer * pass.output
      let columns = pass.taps * (pass.inner == 1 ? pass.output : pass.inner)
      parallel(items, grain: rowGrain(columns: columns), float.resample, arguments)
    }
  }
}
