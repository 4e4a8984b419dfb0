extension Reference {
  /// Cast to another element type.
  ///
  /// Float to integer truncates towards zero; what does not fit, and NaN, becomes what ONNX Runtime
  /// makes of it on x86-64: the least int32 or int64, of which narrower types keep the low bits.
  /// Integer to integer keeps the low bits. To bool, everything but zero is true. To a float of fewer
  /// bits, the nearest number, halves to even.
  ///
  /// - Parameters:
  ///   - saturate: Whether a number too large for a float of 8 bits becomes the largest one
  ///     (Cast 19); other narrow floats have infinities.
  ///   - rounding: How a number becomes a float8e8m0 (Cast 24).
  public static func cast(
    _ x: Tensor, to type: ElementType, saturate: Bool = true, rounding: PowerRounding = .up
  ) -> Tensor {
    cast(x, to: type, Narrowing(saturates: saturate, rounding: rounding))
  }

  /// What a cast to a narrow float does with numbers that are none.
  private struct Narrowing {
    let saturates: Bool
    let rounding: PowerRounding
  }

  private static func cast(_ x: Tensor, to type: ElementType, _ narrowing: Narrowing) -> Tensor {
    if x.elementType == type { return x }
    if type == .float32, let floats = floats(x) { return Tensor(floats, shape: x.shape) }
    if let format = NarrowFloat(x.elementType) {
      return cast(bits(x).map { Double(format.value($0)) }, x.shape, to: type, narrowing)
    }
    switch x.elementType {
    case .float32:
      return cast(x.elements(of: Float.self).map(Double.init), x.shape, to: type, narrowing)
    case .float64: return cast(x.elements(of: Double.self), x.shape, to: type, narrowing)
    case .uint64: return cast(unsigned: x.elements(of: UInt64.self), x.shape, to: type, narrowing)
    default: return cast(wholes(x), x.shape, to: type, narrowing)
    }
  }

  /// The elements of the two types that whole models are stored in.
  private static func floats(_ x: Tensor) -> [Float]? {
    switch x.elementType {
    case .float16: x.rawBuffer(of: UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bfloat16: x.rawBuffer(of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default: nil
    }
  }

  /// The bits of narrow floats.
  private static func bits(_ x: Tensor) -> [UInt16] {
    x.elementType.byteCount == 2
      ? Array(x.rawBuffer(of: UInt16.self)) : x.rawBuffer(of: UInt8.self).map { UInt16($0) }
  }

  /// The elements of integers and bools, all of which int64 holds.
  private static func wholes(_ x: Tensor) -> [Int64] {
    switch x.elementType {
    case .int8, .int2, .int4: x.rawBuffer(of: Int8.self).map { Int64($0) }
    case .int16: x.elements(of: Int16.self).map { Int64($0) }
    case .uint16: x.elements(of: UInt16.self).map { Int64($0) }
    case .int32: x.elements(of: Int32.self).map { Int64($0) }
    case .uint32: x.elements(of: UInt32.self).map { Int64($0) }
    case .int64: x.elements(of: Int64.self)
    default: x.rawBuffer(of: UInt8.self).map { Int64($0) }
    }
  }

  private static func cast(
    _ values: [Double], _ shape: [Int], to type: ElementType, _ narrowing: Narrowing
  ) -> Tensor {
    switch type {
    case .float32: return Tensor(values.map(Float.init), shape: shape)
    case .float64: return Tensor(values, shape: shape)
    case .bool: return Tensor(values.map { $0 != 0 }, shape: shape)
    case .uint64: return Tensor(values.map(truncatedUnsigned), shape: shape)
    case .int64, .uint32:
      return cast(values.map(truncated64), shape, to: type, narrowing)
    default: break
    }
    guard let format = NarrowFloat(type) else {
      return cast(values.map { Int64(truncated32($0)) }, shape, to: type, narrowing)
    }
    // Only the floats of 8 bits saturate; bfloat16 and float16 have infinities for that.
    let saturates = narrowing.saturates && type.byteCount == 1
    let bits = values.map {
      format.bits($0, saturate: saturates, rounding: narrowing.rounding)
    }
    let result = Tensor(type, shape: shape)
    if type.byteCount == 2 {
      _ = result.rawMutableBuffer(of: UInt16.self).update(fromContentsOf: bits)
    } else {
      _ = result.rawMutableBuffer(of: UInt8.self)
        .update(fromContentsOf: bits.map { UInt8(truncatingIfNeeded: $0) })
    }
    return result
  }

  private static func cast(
    _ values: [Int64], _ shape: [Int], to type: ElementType, _ narrowing: Narrowing
  ) -> Tensor {
    func kept<Element: FixedWidthInteger & TensorElement>(_ type: Element.Type) -> Tensor {
      Tensor(values.map { Element(truncatingIfNeeded: $0) }, shape: shape)
    }
    if let range = type.subByteRange {
      let size = Int64(range.count)
      let wrapped = values.map { value in
        let low = (value % size + size) % size
        return UInt8(truncatingIfNeeded: low > range.upperBound ? low - size : low)
      }
      let result = Tensor(type, shape: shape)
      _ = result.rawMutableBuffer(of: UInt8.self).update(fromContentsOf: wrapped)
      return result
    }
    switch type {
    case .float32: return Tensor(values.map { Float($0) }, shape: shape)
    case .int8: return kept(Int8.self)
    case .uint8: return kept(UInt8.self)
    case .int16: return kept(Int16.self)
    case .uint16: return kept(UInt16.self)
    case .int32: return kept(Int32.self)
    case .uint32: return kept(UInt32.self)
    case .int64: return kept(Int64.self)
    case .uint64: return kept(UInt64.self)
    case .bool: return Tensor(values.map { $0 != 0 }, shape: shape)
    default: return cast(values.map { Double($0) }, shape, to: type, narrowing)
    }
  }

  private static func cast(
    unsigned values: [UInt64], _ shape: [Int], to type: ElementType, _ narrowing: Narrowing
  ) -> Tensor {
    if type == .float32 { return Tensor(values.map { Float($0) }, shape: shape) }
    if type.isFloatingPoint { return cast(values.map { Double($0) }, shape, to: type, narrowing) }
    return cast(values.map { Int64(bitPattern: $0) }, shape, to: type, narrowing)
  }

  private static func truncated32(_ value: Double) -> Int32 {
    let whole = value.rounded(.towardZero)
    return whole >= -0x1p31 && whole < 0x1p31 ? Int32(whole) : .min
  }

  private static func truncated64(_ value: Double) -> Int64 {
    let whole = value.rounded(.towardZero)
    return whole >= -0x1p63 && whole < 0x1p63 ? Int64(whole) : .min
  }

  private static func truncatedUnsigned(_ value: Double) -> UInt64 {
    let whole = value.rounded(.towardZero)
    if whole >= 0x1p63 && whole < 0x1p64 { return UInt64(whole) }
    return UInt64(bitPattern: truncated64(value))
  }
}
