/// The type of a tensor's elements in memory.
///
/// Numbers narrower than a byte take one byte each, whatever a file packs.
public enum ElementType: Sendable, Hashable, CaseIterable {
  case float32
  case float64
  case float16
  case bfloat16
  case float8e4m3fn
  case float8e4m3fnuz
  case float8e5m2
  case float8e5m2fnuz
  case float8e8m0
  case float4e2m1
  case int2
  case uint2
  case int4
  case uint4
  case int8
  case uint8
  case int16
  case uint16
  case int32
  case uint32
  case int64
  case uint64
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool, .int2, .uint2, .int4, .uint4: 1
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The type that kernels and references compute with where elements of this type are stored:
  /// float32 for narrower floats, a byte for narrower integers, and the type itself for others.
  public var computed: ElementType {
    switch self {
    case .float16, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
      .float8e8m0, .float4e2m1:
      .float32
    case .int2, .int4: .int8
    case .uint2, .uint4: .uint8
    default: self
    }
  }

  /// True for floating-point numbers of any width.
  public var isFloatingPoint: Bool { computed == .float32 || self == .float64 }

  /// The values that an integer narrower than a byte can have; nil for other types.
  public var subByteRange: ClosedRange<Int>? {
    switch self {
    case .int2: -2...1
    case .uint2: 0...3
    case .int4: -8...7
    case .uint4: 0...15
    default: nil
    }
  }
}

/// A Swift type that a tensor can hold, and the ``ElementType`` that stands for it.
///
/// The pairs are float32 `Float`, float64 `Double`, the integers of 8 to 64 bits, and bool `Bool`
/// (one byte, 0 or 1). Other types are stored only; see ``Reference/cast(_:to:saturate:)``.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type in memory.
  static var elementType: ElementType { get }
}

extension Float: TensorElement {
  /// float32.
  public static var elementType: ElementType { .float32 }
}

extension Double: TensorElement {
  /// float64.
  public static var elementType: ElementType { .float64 }
}

extension Int8: TensorElement {
  /// int8.
  public static var elementType: ElementType { .int8 }
}

extension UInt8: TensorElement {
  /// uint8.
  public static var elementType: ElementType { .uint8 }
}

extension Int16: TensorElement {
  /// int16.
  public static var elementType: ElementType { .int16 }
}

extension UInt16: TensorElement {
  /// uint16.
  public static var elementType: ElementType { .uint16 }
}

extension Int32: TensorElement {
  /// int32.
  public static var elementType: ElementType { .int32 }
}

extension UInt32: TensorElement {
  /// uint32.
  public static var elementType: ElementType { .uint32 }
}

extension Int64: TensorElement {
  /// int64.
  public static var elementType: ElementType { .int64 }
}

extension UInt64: TensorElement {
  /// uint64.
  public static var elementType: ElementType { .uint64 }
}

extension Bool: TensorElement {
  /// bool.
  public static var elementType: ElementType { .bool }
}
