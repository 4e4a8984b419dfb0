extension Reference {
  /// An element-wise operator of one input.
  ///
  /// Not takes bool, Abs, Neg, Sign and Relu any signed or unsigned number that ONNX names for
  /// them, Shrink any number, all others float32 and float64.
  public static func unary(_ operation: UnaryOperation, _ x: Tensor) throws(KernelError) -> Tensor {
    switch (x.elementType, operation) {
    case (.bool, .not): return Tensor(x.elements(of: Bool.self).map { !$0 }, shape: x.shape)
    case (.float32, let operation) where operation != .not:
      let values = x.elements(of: Float.self).map { Float(value(of: operation, at: Double($0))) }
      return Tensor(values, shape: x.shape)
    case (.float64, let operation) where operation != .not:
      let values = x.elements(of: Double.self).map { value(of: operation, at: $0) }
      return Tensor(values, shape: x.shape)
    case (.int8, .abs), (.int8, .neg), (.int8, .sign), (.int8, .relu):
      return integers(operation, x, of: Int8.self)
    case (.int32, .abs), (.int32, .neg), (.int32, .sign), (.int32, .relu):
      return integers(operation, x, of: Int32.self)
    case (.int64, .abs), (.int64, .neg), (.int64, .sign), (.int64, .relu):
      return integers(operation, x, of: Int64.self)
    case (.int16, .abs), (.int16, .neg), (.int16, .sign), (.int16, .relu):
      return integers(operation, x, of: Int16.self)
    case (_, .shrink) where x.elementType != .bool:
      let values = doubles(x).map { value(of: operation, at: $0) }
      return tensor(values, shape: x.shape, as: x.elementType)
    case (.uint8, .abs), (.uint16, .abs), (.uint32, .abs), (.uint64, .abs): return x
    case (.uint8, .sign): return integers(operation, x, of: UInt8.self)
    case (.uint16, .sign): return integers(operation, x, of: UInt16.self)
    case (.uint32, .sign): return integers(operation, x, of: UInt32.self)
    case (.uint64, .sign): return integers(operation, x, of: UInt64.self)
    default: throw .unsupported("\(operatorName(operation)) of \(x.elementType)")
    }
  }

  /// Abs, Neg, Sign and Relu; the least number of a type has no negative and stays itself.
  private static func integers<Element: FixedWidthInteger & TensorElement>(
    _ operation: UnaryOperation, _ x: Tensor, of type: Element.Type
  ) -> Tensor {
    let values = x.elements(of: type).map { (value: Element) -> Element in
      switch operation {
      case .abs: value < 0 ? 0 &- value : value
      case .neg: 0 &- value
      case .sign: value.signum()
      default: max(value, 0)
      }
    }
    return Tensor(values, shape: x.shape)
  }

  /// IsNaN or IsInf of float32 or float64.
  public static func predicate(
    _ predicate: FloatPredicate, _ x: Tensor
  ) throws(KernelError) -> Tensor {
    try requireFloat(predicate == .isNaN ? "IsNaN" : "IsInf", x)
    let values = doubles(x).map { value in
      switch predicate {
      case .isNaN: value.isNaN
      case .isInfinite(let negative, let positive):
        (negative && value == -.infinity) || (positive && value == .infinity)
      }
    }
    return Tensor(values, shape: x.shape)
  }
}
