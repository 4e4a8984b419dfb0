import OnnxParse

/// The 8-bit type that a constant is stored in.
public enum WeightType: String, Sendable, Hashable, Codable, CaseIterable {
  /// Two's complement, -128...127.
  case int8
  /// 0...255.
  case uint8

  /// The type as a tensor of the model has it.
  public var dataType: DataType { self == .int8 ? .int8 : .uint8 }

  /// Every value that the type holds.
  public var storedRange: ClosedRange<Int32> { self == .int8 ? -128...127 : 0...255 }

  /// The values that the ends of the weights' range are mapped to, as in ONNX Runtime 1.32.
  ///
  /// - Parameters:
  ///   - symmetric: int8 gives up -128, so that zero maps to 0; uint8 keeps its range and puts the
  ///     zero point in the middle.
  ///   - reduced: 7 bits, so that a sum of two products of u8 and s8 fits into 16 bits.
  public func quantizedRange(symmetric: Bool, reduced: Bool) -> ClosedRange<Int32> {
    switch (self, reduced, symmetric) {
    case (.int8, true, _): -64...64
    case (.int8, false, true): -127...127
    case (.int8, false, false): -128...127
    case (.uint8, true, _): 0...127
    case (.uint8, false, _): 0...255
    }
  }
}
