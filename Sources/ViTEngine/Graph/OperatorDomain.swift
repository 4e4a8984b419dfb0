/// The operator sets of which the engine knows operators.
enum OperatorDomain: String, Sendable, Hashable, CaseIterable {
  /// ONNX's own.
  case onnx = "ai.onnx"
  /// ONNX Runtime's contributed operators.
  case microsoft = "com.microsoft"

  /// The domain that a node names; nil for one of which no operator is known.
  init?(_ name: String) {
    if name.isEmpty { self = .onnx } else { self.init(rawValue: name) }
  }
}

/// The element types that an operator takes for its data; for people.
enum OperandTypes: String, Sendable, Hashable {
  /// float16, bfloat16, float, double.
  case floats = "floats"
  /// Those and all integers.
  case numbers = "floats, integers"
  case integers = "integers"
  case bool = "bool"
  /// Everything but strings.
  case all = "all"
  /// int8 and uint8 with scales in float.
  case quantized = "int8, uint8"
  /// Those, and integers of 4 and 2 bits and floats of 8 and 4.
  case narrow = "2- to 8-bit integers, 4- and 8-bit floats"
}

/// Who computes an operator; for people.
enum KernelUse: String, Sendable, Hashable {
  /// Plain scalar code only.
  case reference = "reference"
  /// A kernel for float32; the reference for other types.
  case float32 = "fp32"
  /// A kernel over bytes.
  case int8 = "int8"
  /// A kernel that moves elements of any type.
  case movement = "movement"
  /// Nothing at run time: it is computed, or dropped, when the model is compiled.
  case none = "compile time"
}
