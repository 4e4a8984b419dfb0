extension Reference {
  /// A comparison of two inputs of one type, which broadcast; only Equal compares bool.
  public static func compare(
    _ comparison: Comparison, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    try requireSameType(operatorName(comparison), a, b)
    let shape = try ShapeRules.broadcast([a.shape, b.shape])
    let (x, y) = (try expanded(a, to: shape), try expanded(b, to: shape))
    func compared<Element: Comparable & TensorElement>(_ type: Element.Type) -> Tensor {
      let pairs = zip(x.elements(of: type), y.elements(of: type))
      let values = pairs.map { left, right in
        switch comparison {
        case .equal: left == right
        case .less: left < right
        case .greater: left > right
        case .lessOrEqual: left <= right
        case .greaterOrEqual: left >= right
        }
      }
      return Tensor(values, shape: shape)
    }
    switch a.elementType {
    case .float32: return compared(Float.self)
    case .float64: return compared(Double.self)
    case .int8: return compared(Int8.self)
    case .uint8: return compared(UInt8.self)
    case .int16: return compared(Int16.self)
    case .uint16: return compared(UInt16.self)
    case .uint32: return compared(UInt32.self)
    case .uint64: return compared(UInt64.self)
    case .int32: return compared(Int32.self)
    case .int64: return compared(Int64.self)
    default:
      guard a.elementType == .bool, comparison == .equal else {
        throw .unsupported("\(operatorName(comparison)) of \(a.elementType)")
      }
      return try compare(.equal, cast(x, to: .uint8), cast(y, to: .uint8))
    }
  }

  /// And, Or or Xor of two bool inputs, which broadcast.
  public static func logical(
    _ operation: LogicalOperation, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    for input in [a, b] where input.elementType != .bool {
      throw .unsupported("\(operatorName(operation)) of \(input.elementType)")
    }
    let shape = try ShapeRules.broadcast([a.shape, b.shape])
    let (x, y) = (try expanded(a, to: shape), try expanded(b, to: shape))
    let values = zip(x.elements(of: Bool.self), y.elements(of: Bool.self)).map { left, right in
      switch operation {
      case .and: left && right
      case .or: left || right
      case .xor: left != right
      }
    }
    return Tensor(values, shape: shape)
  }

  /// Where: elements of `a` where the bool `condition` holds, else of `b`; all three broadcast.
  public static func select(
    _ condition: Tensor, _ a: Tensor, _ b: Tensor
  ) throws(KernelError) -> Tensor {
    try requireSameType("Where", a, b)
    guard condition.elementType == .bool else {
      throw .invalid("Where: a condition of type \(condition.elementType)")
    }
    let shape = try ShapeRules.broadcast([condition.shape, a.shape, b.shape])
    let choices = try expanded(condition, to: shape).elements(of: Bool.self)
    let left = try broadcastOffsets(a.shape, to: shape)
    let right = try broadcastOffsets(b.shape, to: shape)
    let offsets = choices.indices.map { choices[$0] ? left[$0] : a.count + right[$0] }
    return pick(offsets, from: [a, b], shape: shape)
  }

  /// Clip between two scalars, either of which may be absent. Where they cross, the maximum wins.
  public static func clip(
    _ x: Tensor, minimum: Tensor? = nil, maximum: Tensor? = nil
  ) throws(KernelError) -> Tensor {
    for bound in [minimum, maximum].compactMap(\.self) {
      try requireSameType("Clip", x, bound)
      guard bound.count == 1 else { throw .invalid("Clip: a bound of shape \(bound.shape)") }
    }
    func clipped<Element: Comparable & TensorElement>(_ type: Element.Type) -> Tensor {
      let (lower, upper) = (minimum?.elements(of: type)[0], maximum?.elements(of: type)[0])
      let values = x.elements(of: type).map { clamped($0, from: lower, to: upper) }
      return Tensor(values, shape: x.shape)
    }
    switch x.elementType {
    case .float32: return clipped(Float.self)
    case .float64: return clipped(Double.self)
    case .int8: return clipped(Int8.self)
    case .uint8: return clipped(UInt8.self)
    case .int16: return clipped(Int16.self)
    case .uint16: return clipped(UInt16.self)
    case .uint32: return clipped(UInt32.self)
    case .uint64: return clipped(UInt64.self)
    case .int32: return clipped(Int32.self)
    case .int64: return clipped(Int64.self)
    default: throw .unsupported("Clip of \(x.elementType)")
    }
  }
}
