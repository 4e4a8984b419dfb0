import Synchronization
import ViTKernel

/// Constant weights in the layout that a kernel wants, packed once for all plans of a session.
final class WeightCache: Sendable {
  private struct Entry {
    /// Held so that their identities are not given to other objects.
    let sources: [Constant]
    let packed: Packed
  }

  private struct DequantizedKey: Hashable {
    let values: ObjectIdentifier
    let scale: ObjectIdentifier
    let zeroPoint: ObjectIdentifier?
    let axis: Int
    let blockSize: Int
  }

  private struct Dequantized {
    /// Held so that their identities are not given to other objects.
    let sources: [Constant]
    let constant: Constant
  }

  private enum Packed {
    case float(PackedFloatMatrix)
    case int8(PackedInt8Matrix)
    case convolution(Convolution)
    case int8Convolution(Int8Convolution)
  }

  private struct Key: Hashable {
    let constant: ObjectIdentifier
    let form: Form
  }

  private enum Form: Hashable {
    case float(isTransposed: Bool)
    case int8(isTransposed: Bool)
    case convolution(ConvParameters, Convolution.Layout, bias: ObjectIdentifier?)
    case int8Convolution(ConvParameters, Convolution.Layout)
    case stored(StoredWeight, isTransposed: Bool, parameters: [ObjectIdentifier?])
  }

  private let entries = Mutex<[Key: Entry]>([:])
  private let dequantized = Mutex<[DequantizedKey: Dequantized]>([:])

  /// Number of packed forms.
  var count: Int { entries.withLock { $0.count } }

  /// `constant`, a float32 matrix [K, N] or, transposed, [N, K], packed for `executor`.
  func float(
    _ constant: Constant, isTransposed: Bool, for executor: Executor
  ) throws(KernelError) -> PackedFloatMatrix {
    let form = Form.float(isTransposed: isTransposed)
    if case .float(let packed) = find(constant, form) { return packed }
    let packed = try PackedFloatMatrix(constant.stored, transposed: isTransposed, for: executor)
    keep(.float(packed), constant, form)
    return packed
  }

  /// `constant`, an int8 or uint8 matrix [K, N] or, transposed, [N, K], packed for `executor`.
  func int8(
    _ constant: Constant, isTransposed: Bool = false, for executor: Executor
  ) throws(KernelError) -> PackedInt8Matrix {
    let form = Form.int8(isTransposed: isTransposed)
    if case .int8(let packed) = find(constant, form) { return packed }
    let packed = try PackedInt8Matrix(constant.stored, transposed: isTransposed, for: executor)
    keep(.int8(packed), constant, form)
    return packed
  }

  /// The float32 weight that integers stand for, packed for `executor`: a matrix [K, N] or,
  /// transposed, [N, K].
  func stored(
    _ sources: StoredWeightSources, _ weight: StoredWeight, isTransposed: Bool,
    for executor: Executor
  ) throws(KernelError) -> PackedFloatMatrix {
    let parameters = [sources.scale, sources.zeroPoint, sources.groups]
    let form = Form.stored(
      weight, isTransposed: isTransposed,
      parameters: parameters.map { $0.map { ObjectIdentifier($0) } })
    if case .float(let packed) = find(sources.values, form) { return packed }
    let packed = try PackedFloatMatrix(
      try sources.dequantized(weight, executor), transposed: isTransposed, for: executor)
    keep(
      .float(packed), sources.values, form, with: parameters.compactMap(\.self))
    return packed
  }

  /// The convolution of bytes by `constant`, an int8 or uint8 weight.
  func int8Convolution(
    _ constant: Constant, _ parameters: ConvParameters, layout: Convolution.Layout,
    for executor: Executor
  ) throws(KernelError) -> Int8Convolution {
    let form = Form.int8Convolution(parameters, layout)
    if case .int8Convolution(let packed) = find(constant, form) { return packed }
    let packed = try Int8Convolution(
      weight: constant.stored, parameters: parameters, layout: layout, for: executor)
    keep(.int8Convolution(packed), constant, form)
    return packed
  }

  /// The convolution by `constant`, a float32 weight [outputs, inputs / group, height, width].
  func convolution(
    _ constant: Constant, bias: Constant?, _ parameters: ConvParameters,
    layout: Convolution.Layout, for executor: Executor
  ) throws(KernelError) -> Convolution {
    let form = Form.convolution(parameters, layout, bias: bias.map { ObjectIdentifier($0) })
    if case .convolution(let packed) = find(constant, form) { return packed }
    let packed = try Convolution(
      weight: constant.stored, bias: bias?.tensor, parameters: parameters, layout: layout,
      for: executor)
    keep(.convolution(packed), constant, form)
    return packed
  }

  /// DequantizeLinear of constants.
  func dequantized(
    _ values: Constant, scale: Constant, zeroPoint: Constant?, axis: Int, blockSize: Int
  ) throws(KernelError) -> Constant {
    let key = DequantizedKey(
      values: ObjectIdentifier(values), scale: ObjectIdentifier(scale),
      zeroPoint: zeroPoint.map { ObjectIdentifier($0) }, axis: axis, blockSize: blockSize)
    if let known = dequantized.withLock({ $0[key]?.constant }) { return known }
    let constant = Constant(
      try Reference.dequantizeLinear(
        values.tensor, scale: scale.tensor, zeroPoint: zeroPoint?.tensor, axis: axis,
        blockSize: blockSize))
    let sources = [values, scale] + [zeroPoint].compactMap(\.self)
    dequantized.withLock { $0[key] = Dequantized(sources: sources, constant: constant) }
    return constant
  }

  private func find(_ constant: Constant, _ form: Form) -> Packed? {
    let key = Key(constant: ObjectIdentifier(constant), form: form)
    return entries.withLock { $0[key]?.packed }
  }

  private func keep(
    _ packed: Packed, _ constant: Constant, _ form: Form, with others: [Constant] = []
  ) {
    let key = Key(constant: ObjectIdentifier(constant), form: form)
    entries.withLock { $0[key] = Entry(sources: [constant] + others, packed: packed) }
    // The kernels read the packed form; what was packed need not stay in memory beside it.
    constant.releasePages()
  }
}
