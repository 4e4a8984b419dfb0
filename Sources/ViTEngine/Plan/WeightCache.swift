import Synchronization
import ViTKernel

/// Constant weights in the layout that a kernel wants, packed once for all plans of a session.
final class WeightCache: Sendable {
  private struct Entry {
    /// Held so that its identity is not given to another object.
    let constant: Constant
    let packed: Packed
  }

  private enum Packed {
    case float(PackedFloatMatrix)
    case int8(PackedInt8Matrix)
    case convolution(Convolution)
  }

  private struct Key: Hashable {
    let constant: ObjectIdentifier
    let form: Form
  }

  private enum Form: Hashable {
    case float(isTransposed: Bool)
    case int8
    case convolution(ConvParameters, Convolution.Layout, bias: ObjectIdentifier?)
  }

  private let entries = Mutex<[Key: Entry]>([:])

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

  /// `constant`, an int8 or uint8 matrix [K, N], packed for `executor`.
  func int8(_ constant: Constant, for executor: Executor) throws(KernelError) -> PackedInt8Matrix {
    if case .int8(let packed) = find(constant, .int8) { return packed }
    let packed = try PackedInt8Matrix(constant.stored, for: executor)
    keep(.int8(packed), constant, .int8)
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

  private func find(_ constant: Constant, _ form: Form) -> Packed? {
    let key = Key(constant: ObjectIdentifier(constant), form: form)
    return entries.withLock { $0[key]?.packed }
  }

  private func keep(_ packed: Packed, _ constant: Constant, _ form: Form) {
    let key = Key(constant: ObjectIdentifier(constant), form: form)
    entries.withLock { $0[key] = Entry(constant: constant, packed: packed) }
    // The kernels read the packed form; what was packed need not stay in memory beside it.
    constant.releasePages()
  }
}
