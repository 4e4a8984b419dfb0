#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// An arithmetic operator of two inputs of one type (Pow: of any two), which broadcast; PRelu's
  /// second broadcasts to the first.
  ///
  /// Integers wrap, their quotients are truncated; a zero divisor of integers is an error.
  public static func binary(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    let shape = try ShapeRules.broadcast([a.shape, b.shape])
    let (x, y) = (try expanded(a, to: shape), try expanded(b, to: shape))
    if operation == .pow { return try power(x, y) }
    if operation == .prelu { _ = try ShapeRules.broadcast(b.shape, to: a.shape) }
    try requireSameType(operatorName(operation), a, b)
    switch a.elementType {
    case .float32: return try floats(operation, x, y, of: Float.self)
    case .float64: return try floats(operation, x, y, of: Double.self)
    case .int8: return try integers(operation, x, y, of: Int8.self)
    case .uint8: return try integers(operation, x, y, of: UInt8.self)
    case .int16: return try integers(operation, x, y, of: Int16.self)
    case .uint16: return try integers(operation, x, y, of: UInt16.self)
    case .uint32: return try integers(operation, x, y, of: UInt32.self)
    case .uint64: return try integers(operation, x, y, of: UInt64.self)
    case .int32: return try integers(operation, x, y, of: Int32.self)
    case .int64: return try integers(operation, x, y, of: Int64.self)
    default: throw .unsupported("\(operatorName(operation)) of \(a.elementType)")
    }
  }

  /// Max, Min, Sum or Mean of inputs of one type, which broadcast.
  public static func variadic(
    _ operation: VariadicOperation, _ inputs: [Tensor]
  ) throws(KernelError) -> Tensor {
    guard let first = inputs.first else {
      throw .invalid("\(operatorName(operation)) of no inputs")
    }
    if operation == .sum || operation == .mean {
      try requireFloat(operatorName(operation), first)
    }
    let step: BinaryOperation =
      switch operation {
      case .max: .max
      case .min: .min
      case .sum, .mean: .add
      }
    var result = first
    for input in inputs.dropFirst() { result = try binary(step, result, input) }
    guard operation == .mean else { return result }
    let count = tensor([Double(inputs.count)], shape: [], as: first.elementType)
    return try binary(.div, result, count)
  }

  private static func floats<Element: BinaryFloatingPoint & TensorElement>(
    _ operation: BinaryOperation, _ x: Tensor, _ y: Tensor, of type: Element.Type
  ) throws(KernelError) -> Tensor {
    let function: (Element, Element) -> Element
    switch operation {
    case .add: function = { $0 + $1 }
    case .sub: function = { $0 - $1 }
    case .mul: function = { $0 * $1 }
    case .div: function = { $0 / $1 }
    case .max: function = larger
    case .min: function = smaller
    case .mod(fmod: true): function = { $0.truncatingRemainder(dividingBy: $1) }
    case .mod(fmod: false): function = flooredRemainder
    case .prelu: function = { $0 < 0 ? $1 * $0 : $0 }
    case .pow: throw .unsupported("Pow by element")
    }
    let values = zip(x.elements(of: type), y.elements(of: type)).map(function)
    return Tensor(values, shape: x.shape)
  }

  private static func integers<Element: FixedWidthInteger & TensorElement>(
    _ operation: BinaryOperation, _ x: Tensor, _ y: Tensor, of type: Element.Type
  ) throws(KernelError) -> Tensor {
    let right = y.elements(of: type)
    let function: (Element, Element) -> Element
    switch operation {
    case .add: function = { $0 &+ $1 }
    case .sub: function = { $0 &- $1 }
    case .mul: function = { $0 &* $1 }
    case .max: function = { max($0, $1) }
    case .min: function = { min($0, $1) }
    // Reporting: the least number divided by -1 wraps.
    case .div: function = { $0.dividedReportingOverflow(by: $1).partialValue }
    case .mod(fmod: true): function = { $0.remainderReportingOverflow(dividingBy: $1).partialValue }
    case .mod(fmod: false): function = flooredRemainder
    case .prelu: function = { $0 < 0 ? $1 &* $0 : $0 }
    case .pow: throw .unsupported("Pow by element")
    }
    switch operation {
    case .div, .mod:
      if right.contains(0) {
        throw .invalid("\(operatorName(operation)) of \(x.elementType) by zero")
      }
    default: break
    }
    return Tensor(zip(x.elements(of: type), right).map(function), shape: x.shape)
  }

  /// `a - floor(a / b) * b`, which has the sign of `b`, also where it is zero (Mod 28).
  private static func flooredRemainder<Number: BinaryFloatingPoint>(
    _ a: Number, _ b: Number
  ) -> Number {
    let remainder = a.truncatingRemainder(dividingBy: b)
    if remainder == 0 { return Number(signOf: b, magnitudeOf: 0) }
    return (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  /// The remainder with the sign of the divisor.
  private static func flooredRemainder<Number: FixedWidthInteger>(
    _ a: Number, _ b: Number
  ) -> Number {
    let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  /// Pow in the base's type. Integer powers wrap; a fractional result is truncated.
  private static func power(_ x: Tensor, _ y: Tensor) throws(KernelError) -> Tensor {
    guard x.elementType != .bool, y.elementType != .bool else {
      throw .unsupported("Pow of \(x.elementType) by \(y.elementType)")
    }
    if isFloat(x.elementType) || isFloat(y.elementType) {
      let values = zip(doubles(x), doubles(y)).map { pow($0, $1) }
      return tensor(values, shape: x.shape, as: x.elementType)
    }
    let bases = cast(x, to: .int64).elements(of: Int64.self)
    let exponents = cast(y, to: .int64).elements(of: Int64.self)
    let values = zip(bases, exponents).map(integerPower)
    return cast(Tensor(values, shape: x.shape), to: x.elementType)
  }

  private static func integerPower(_ base: Int64, _ exponent: Int64) -> Int64 {
    guard exponent >= 0 else {
      // 1 / base^n truncated; the reciprocal of 0 is what C's conversion makes of infinity.
      return base == 0 ? .min : base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0
    }
    var (result, square, rest) = (Int64(1), base, exponent)
    while rest > 0 {
      if rest % 2 == 1 { result = result &* square }
      square = square &* square
      rest /= 2
    }
    return result
  }

  static func isFloat(_ type: ElementType) -> Bool { type == .float32 || type == .float64 }
}
