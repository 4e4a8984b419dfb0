/// The type of a tensor's elements in memory.
public enum ElementType: Sendable, Hashable, CaseIterable {
  case float32
  case float64
  case int8
  case uint8
  case int32
  case int64
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }
}

/// A Swift type that a tensor can hold, and the ``ElementType`` that stands for it.
///
/// The pairs are float32 `Float`, float64 `Double`, int8 `Int8`, uint8 `UInt8`, int32 `Int32`,
/// int64 `Int64`, bool `Bool` (one byte, 0 or 1).
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

extension Int32: TensorElement {
  /// int32.
  public static var elementType: ElementType { .int32 }
}

extension Int64: TensorElement {
  /// int64.
  public static var elementType: ElementType { .int64 }
}

extension Bool: TensorElement {
  /// bool.
  public static var elementType: ElementType { .bool }
}
