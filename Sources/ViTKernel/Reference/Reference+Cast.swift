extension Reference {
  /// Cast to another element type.
  ///
  /// Float to integer truncates towards zero; what does not fit, and NaN, becomes what ONNX Runtime
  /// makes of it on x86-64: the least int32 or int64, of which int8 and uint8 keep the low byte.
  /// Integer to integer keeps the low bits. To bool, everything but zero is true.
  public static func cast(_ x: Tensor, to type: ElementType) -> Tensor {
    switch x.elementType {
    case type: return x
    case .float32: return cast(x.elements(of: Float.self).map(Double.init), x.shape, to: type)
    case .float64: return cast(x.elements(of: Double.self), x.shape, to: type)
    case .int8: return cast(x.elements(of: Int8.self).map(Int64.init), x.shape, to: type)
    case .uint8: return cast(x.elements(of: UInt8.self).map(Int64.init), x.shape, to: type)
    case .int32: return cast(x.elements(of: Int32.self).map(Int64.init), x.shape, to: type)
    case .int64: return cast(x.elements(of: Int64.self), x.shape, to: type)
    case .bool: return cast(x.elements(of: Bool.self).map { Int64($0 ? 1 : 0) }, x.shape, to: type)
    }
  }

  private static func cast(_ values: [Double], _ shape: [Int], to type: ElementType) -> Tensor {
    switch type {
    case .float32: Tensor(values.map(Float.init), shape: shape)
    case .float64: Tensor(values, shape: shape)
    case .int8: Tensor(values.map { Int8(truncatingIfNeeded: truncated32($0)) }, shape: shape)
    case .uint8: Tensor(values.map { UInt8(truncatingIfNeeded: truncated32($0)) }, shape: shape)
    case .int32: Tensor(values.map(truncated32), shape: shape)
    case .int64: Tensor(values.map(truncated64), shape: shape)
    case .bool: Tensor(values.map { $0 != 0 }, shape: shape)
    }
  }

  private static func cast(_ values: [Int64], _ shape: [Int], to type: ElementType) -> Tensor {
    switch type {
    case .float32: Tensor(values.map { Float($0) }, shape: shape)
    case .float64: Tensor(values.map { Double($0) }, shape: shape)
    case .int8: Tensor(values.map { Int8(truncatingIfNeeded: $0) }, shape: shape)
    case .uint8: Tensor(values.map { UInt8(truncatingIfNeeded: $0) }, shape: shape)
    case .int32: Tensor(values.map { Int32(truncatingIfNeeded: $0) }, shape: shape)
    case .int64: Tensor(values, shape: shape)
    case .bool: Tensor(values.map { $0 != 0 }, shape: shape)
    }
  }

  private static func truncated32(_ value: Double) -> Int32 {
    let whole = value.rounded(.towardZero)
    return whole >= -0x1p31 && whole < 0x1p31 ? Int32(whole) : .min
  }

  private static func truncated64(_ value: Double) -> Int64 {
    let whole = value.rounded(.towardZero)
    return whole >= -0x1p63 && whole < 0x1p63 ? Int64(whole) : .min
  }
}
