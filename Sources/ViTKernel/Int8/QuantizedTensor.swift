/// Integers that stand for `(values - zeroPoint) * scale`.
public struct QuantizedTensor: Sendable {
  /// uint8 or int8.
  public var values: Tensor
  /// float32: one for all values, or where an operation says so, one for each column.
  public var scale: Tensor
  /// Type of the values, as many as scales or one; nil stands for zero.
  public var zeroPoint: Tensor?

  /// Quantized values and their parameters.
  public init(values: Tensor, scale: Tensor, zeroPoint: Tensor? = nil) {
    self.values = values
    self.scale = scale
    self.zeroPoint = zeroPoint
  }
}

extension ElementType {
  var isByte: Bool { self == .int8 || self == .uint8 }
}

extension Tensor {
  /// The address of the elements as bytes, for C.
  var bytePointer: UnsafePointer<UInt8> {
    UnsafePointer(UnsafeRawPointer(storage.base + byteOffset).assumingMemoryBound(to: UInt8.self))
  }

  /// The only element, an int8 or uint8.
  var onlyByte: Int32 {
    elementType == .int8 ? Int32(Int8(bitPattern: bytePointer.pointee)) : Int32(bytePointer.pointee)
  }
}

func requireBytes(_ tensor: Tensor, _ name: String) throws(KernelError) {
  try require(
    tensor.elementType.isByte, "\(name) must be int8 or uint8, not \(tensor.elementType)")
}

/// A zero point has the type of its values, and there is one, or `count` of them.
func requireZeroPoint(
  _ zeroPoint: Tensor?, of type: ElementType, count: Int, _ name: String
) throws(KernelError) {
  guard let zeroPoint else { return }
  try require(
    zeroPoint.elementType == type, "zero point of \(name) must be \(type) as the values are")
  try require(
    zeroPoint.count == 1 || zeroPoint.count == count,
    "zero point of \(name) has \(zeroPoint.count) values; there must be 1 or \(count)")
}

func requireScale(_ scale: Tensor, count: Int, _ name: String) throws(KernelError) {
  try require(scale.elementType == .float32, "scale of \(name) must be float32")
  try require(
    scale.count == 1 || scale.count == count,
    "scale of \(name) has \(scale.count) values; there must be 1 or \(count)")
}
