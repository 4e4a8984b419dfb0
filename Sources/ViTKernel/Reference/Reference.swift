/// Every operator once more in plain scalar Swift, written to be read.
///
/// It is the oracle of the kernels' tests, it folds constants, and it runs what has no kernel. Each
/// function has the semantics of the ONNX operator of its name, opsets 11 to 21, and throws
/// ``KernelError/invalid(_:)`` where ONNX forbids the inputs and ``KernelError/unsupported(_:)``
/// for an element type that it does not handle.
///
/// Floats are summed and transcendental functions evaluated in float64, rounded once at the end;
/// integers wrap. A result has storage of its own, or shares an input's where no element changes.
public enum Reference {}

extension Reference {
  /// The tensor's elements as integers: a shape, axes, indices.
  ///
  /// - Throws: `unsupported` unless the elements are int32 or int64.
  public static func integers(_ tensor: Tensor) throws(KernelError) -> [Int] {
    switch tensor.elementType {
    case .int32: return tensor.elements(of: Int32.self).map(Int.init)
    case .int64: return tensor.elements(of: Int64.self).map(Int.init)
    default: throw .unsupported("integers of element type \(tensor.elementType)")
    }
  }

  /// The ONNX name of the operator that an enumeration's case is named after: `add` is Add.
  static func operatorName<Operation>(_ operation: Operation) -> String {
    let name = String(describing: operation).prefix { $0 != "(" }
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  static func requireSameType(_ name: String, _ tensors: Tensor...) throws(KernelError) {
    let types = tensors.map(\.elementType)
    guard Set(types).count <= 1 else {
      throw .invalid("\(name) of mixed types: \(types.map { "\($0)" }.joined(separator: ", "))")
    }
  }

  static func requireFloat(_ name: String, _ tensor: Tensor) throws(KernelError) {
    guard tensor.elementType == .float32 || tensor.elementType == .float64 else {
      throw .unsupported("\(name) of \(tensor.elementType)")
    }
  }

  /// The elements of a tensor of any type as float32: scales, factors.
  public static func floats(_ tensor: Tensor) -> [Float] {
    cast(tensor, to: .float32).elements(of: Float.self)
  }

  /// The elements of a tensor of any type as float64.
  static func doubles(_ tensor: Tensor) -> [Double] {
    cast(tensor, to: .float64).elements(of: Double.self)
  }

  /// A tensor of float64 values rounded to `type`, or truncated where that is an integer.
  static func tensor(_ values: [Double], shape: [Int], as type: ElementType) -> Tensor {
    cast(Tensor(values, shape: shape), to: type)
  }

  /// `x` repeated along its axes of 1 until it has `shape`, to which it must broadcast.
  static func expanded(_ x: Tensor, to shape: [Int]) throws(KernelError) -> Tensor {
    if x.shape == shape { return x }
    let offsets = try broadcastOffsets(x.shape, to: shape)
    return pick(offsets, from: [x], shape: shape)
  }
}
