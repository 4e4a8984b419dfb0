extension Reference {
  /// BitwiseAnd, BitwiseOr or BitwiseXor of integers of one type, which broadcast.
  public static func bitwise(
    _ operation: BitwiseOperation, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    try combined("Bitwise\(operatorName(operation))", .bitwise(operation), a, b)
  }

  /// BitShift 28 of integers of one type, which broadcast. To the right, the sign is filled in;
  /// a shift that is negative or no less than the width leaves nothing else.
  public static func bitShift(
    _ direction: ShiftDirection, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    try combined("BitShift", .shift(direction), a, b)
  }

  private enum BitOperation {
    case bitwise(BitwiseOperation)
    case shift(ShiftDirection)

    func callAsFunction<Number: FixedWidthInteger>(_ x: Number, _ y: Number) -> Number {
      switch self {
      case .bitwise(.and): x & y
      case .bitwise(.or): x | y
      case .bitwise(.xor): x ^ y
      case .shift(let direction) where y < 0 || y >= Number.bitWidth:
        direction == .right && x < 0 ? ~0 : 0
      case .shift(.left): x << y
      case .shift(.right): x >> y
      }
    }
  }

  private static func combined(
    _ name: String, _ operation: BitOperation, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    try requireSameType(name, a, b)
    let shape = try ShapeRules.broadcast([a.shape, b.shape])
    let (x, y) = (try expanded(a, to: shape), try expanded(b, to: shape))
    func results<Element: FixedWidthInteger & TensorElement>(_ type: Element.Type) -> Tensor {
      Tensor(
        zip(x.elements(of: type), y.elements(of: type)).map { operation($0, $1) }, shape: shape)
    }
    guard let type = integerType(a.elementType) else {
      throw .unsupported("\(name) of \(a.elementType)")
    }
    return results(type)
  }

  /// BitwiseNot of integers.
  public static func bitwiseNot(_ x: Tensor) throws(KernelError) -> Tensor {
    func inverted<Element: FixedWidthInteger & TensorElement>(_ type: Element.Type) -> Tensor {
      Tensor(x.elements(of: type).map { ~$0 }, shape: x.shape)
    }
    guard let type = integerType(x.elementType) else {
      throw .unsupported("BitwiseNot of \(x.elementType)")
    }
    return inverted(type)
  }

  /// BitCast 26: the bits of `x` read as another type of the same width.
  ///
  /// - Parameters:
  ///   - source: The type whose bits are meant; `x` may be stored as a wider one.
  ///   - target: The type that they become; the result is stored as ``ElementType/computed``.
  public static func bitCast(
    _ x: Tensor, from source: ElementType, to target: ElementType
  ) throws(KernelError) -> Tensor {
    guard source.bitWidth == target.bitWidth else {
      throw .invalid("BitCast of \(source) to \(target), which has \(target.bitWidth) bits")
    }
    let bits = cast(x, to: source)
    let result = Tensor(target, shape: x.shape)
    result.mutableBytes.copyMemory(from: bits.bytes)
    let bytes = result.mutableBytes
    if let range = target.subByteRange {
      // A byte holds the value, its sign filled in.
      for index in bytes.indices {
        let low = Int(bytes[index]) & (range.count - 1)
        bytes[index] = UInt8(truncatingIfNeeded: low > range.upperBound ? low - range.count : low)
      }
    } else if target == .bool {
      for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
    }
    return cast(result, to: target.computed)
  }
}

extension ElementType {
  /// Bits of an element in a file.
  public var bitWidth: Int {
    switch self {
    case .int2, .uint2: 2
    case .int4, .uint4, .float4e2m1: 4
    default: 8 * byteCount
    }
  }
}
