import Synchronization
import ViTKernel

/// Constant weights in the layout that a kernel wants, packed once for all plans of a session.
///
/// Each plan has a cache of its own above it, for constants that are made for its shapes: what they are
/// packed into goes with the plan.
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

  private let shared: WeightCache?
  /// The constants of models, which all plans have.
  private let common = Mutex<[ObjectIdentifier: Constant]>([:])
  private let entries = Mutex<[Key: Entry]>([:])
  private let dequantized = Mutex<[DequantizedKey: Dequantized]>([:])

  init(over shared: WeightCache? = nil) { self.shared = shared }

  /// From now on the packed forms of `constants` are kept for all plans.
  func share(_ constants: [Constant]) {
    common.withLock { common in
      for constant in constants { common[ObjectIdentifier(constant)] = constant }
    }
  }

  /// The cache for what is made of `constants`.
  private func keeper(of constants: [Constant]) -> WeightCache {
    guard let shared else { return self }
    let areCommon = shared.common.withLock { common in
      constants.allSatisfy { common[ObjectIdentifier($0)] != nil }
    }
    return areCommon ? shared : self
  }

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
    let others = parameters.compactMap(\.self)
    if case .float(let packed) = find(sources.values, form, with: others) { return packed }
    let packed = try PackedFloatMatrix(
      try sources.dequantized(weight, executor), transposed: isTransposed, for: executor)
    keep(.float(packed), sources.values, form, with: others)
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
    let others = [bias].compactMap(\.self)
    if case .convolution(let packed) = find(constant, form, with: others) { return packed }
    let packed = try Convolution(
      weight: constant.stored, bias: bias?.tensor, parameters: parameters, layout: layout,
      for: executor)
    keep(.convolution(packed), constant, form, with: others)
    return packed
  }

  /// DequantizeLinear of constants.
  func dequantized(
    _ values: Constant, scale: Constant, zeroPoint: Constant?, axis: Int, blockSize: Int
  ) throws(KernelError) -> Constant {
    let sources = [values, scale] + [zeroPoint].compactMap(\.self)
    let keeper = keeper(of: sources)
    guard keeper === self else {
      return try keeper.dequantized(
        values, scale: scale, zeroPoint: zeroPoint, axis: axis, blockSize: blockSize)
    }
    let key = DequantizedKey(
      values: ObjectIdentifier(values), scale: ObjectIdentifier(scale),
      zeroPoint: zeroPoint.map { ObjectIdentifier($0) }, axis: axis, blockSize: blockSize)
    if let known = dequantized.withLock({ $0[key]?.constant }) { return known }
    let constant = Constant(
      try Reference.dequantizeLinear(
        values.tensor, scale: scale.tensor, zeroPoint: zeroPoint?.tensor, axis: axis,
        blockSize: blockSize))
    dequantized.withLock { $0[key] = Dequantized(sources: sources, constant: constant) }
    if shared == nil { share([constant]) }
    return constant
  }

  private func find(
    _ constant: Constant, _ form: Form, with others: [Constant] = []
  ) -> Packed? {
    let key = Key(constant: ObjectIdentifier(constant), form: form)
    return keeper(of: [constant] + others).entries.withLock { $0[key]?.packed }
  }

  private func keep(
    _ packed: Packed, _ constant: Constant, _ form: Form, with others: [Constant] = []
  ) {
    let key = Key(constant: ObjectIdentifier(constant), form: form)
    let sources = [constant] + others
    keeper(of: sources).entries.withLock { $0[key] = Entry(sources: sources, packed: packed) }
    // The kernels read the packed form; what was packed need not stay in memory beside it.
    constant.releasePages()
  }
}
