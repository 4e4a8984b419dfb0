import Quant
import ViTKernel

/// Counts what `vpmaddubsw` would do to one product.
struct SaturationProbe: Sendable {
  /// The name of the activation.
  let input: String
  /// The count of no images.
  let empty: SaturationCount
  private let weights: Tensor
  private let packed: PackedInt8Matrix
  private let scales: [Float]
  private let executor: Executor

  /// Nil unless `node` multiplies an activation by a matrix of int8, which is among `constants`.
  init?(
    of node: OneNodeModel, _ constants: [NodeConstant], executor: Executor
  ) throws(KernelError) {
    guard ["MatMul", "Gemm"].contains(node.opType),
      let factors = node.model.graph.nodes.last?.inputs.prefix(2), factors.count == 2,
      node.inputs.contains(factors[0]),
      let constant = constants.first(where: { $0.original.name == factors[1] }),
      constant.type == .int8, constant.dims.count == 2
    else { return nil }
    input = factors[0]
    let values = constant.bytes.map { Int8(bitPattern: $0) }
    weights = Tensor(values, shape: constant.dims)
    packed = try PackedInt8Matrix(weights, for: executor)
    scales = constant.parameters.map(\.scale)
    empty = SaturationCount(weights: values, rows: constant.dims[0], columns: constant.dims[1])
    self.executor = executor
  }

  /// Counts on one image: float32 `x` is the activation, `output` what the quantized node makes of it.
  ///
  /// The output with saturation is `output` plus what the sums differ by, times the scales.
  func count(_ x: Tensor, output: [Float]) throws(KernelError) -> SaturationCount {
    let a = Tensor(.uint8, shape: x.shape)
    let scale = Tensor(.float32, shape: [])
    try executor.dynamicQuantize(
      x, into: a, scale: scale, zeroPoint: Tensor(.uint8, shape: []),
      workspace: Tensor(.uint8, shape: [Executor.dynamicQuantizeWorkspace(count: x.count)]))
    let rows = x.shape.dropLast().reduce(1, *)
    let columns = weights.shape[1]
    let exact = Tensor(.int32, shape: [rows, columns])
    let bytes = executor.int8ProductWorkspace(aShape: a.shape, aType: .uint8)
    try executor.integerMatMul(
      a, zeroPoint: nil, packed, into: exact, workspace: Tensor(.uint8, shape: [bytes]))
    let kept = Tensor(.int32, shape: [rows, columns])
    var count = empty
    count.saturated = try executor.saturatingMatMul(
      a, weights, into: kept, rowCounts: Tensor(.int64, shape: [rows]))
    count.images = 1
    count.affectedImages = count.saturated > 0 ? 1 : 0
    count.pairs = rows * columns * ((weights.shape[0] + 1) / 2)
    let step = scale.elements(of: Float.self)[0]
    let changed = zip(kept.elements(of: Int32.self), exact.elements(of: Int32.self))
      .enumerated().map { position, sums in
        let factor = scales.count == 1 ? scales[0] : scales[position % columns]
        return output[position] + Float(sums.0 &- sums.1) * (step * factor)
      }
    guard count.error.add(reference: output, values: changed) else {
      throw .invalid("the output has \(output.count) values, not \(changed.count)")
    }
    return count
  }
}
