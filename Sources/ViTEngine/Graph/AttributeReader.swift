import OnnxParse
import ViTKernel

/// Typed access to a node's attributes, with errors that name the node and the attribute.
struct AttributeReader {
  let node: Node
  let label: String
  /// The version of the operator set that defined the operator as it is used.
  let since: Int64
  /// What is known of the inputs' types.
  var types = NodeTypes()

  /// The value of an integer attribute, or `fallback` where it is absent.
  func int(_ name: String, default fallback: Int) throws(EngineError) -> Int {
    try int(name) ?? fallback
  }

  func int(_ name: String) throws(EngineError) -> Int? {
    switch node.attribute(name)?.value {
    case nil: return nil
    case .int(let value): return Int(value)
    default: throw wrongKind(name, expected: "an integer")
    }
  }

  func float(_ name: String, default fallback: Float) throws(EngineError) -> Float {
    try float(name) ?? fallback
  }

  func float(_ name: String) throws(EngineError) -> Float? {
    switch node.attribute(name)?.value {
    case nil: return nil
    case .float(let value): return value
    default: throw wrongKind(name, expected: "a float")
    }
  }

  func ints(_ name: String) throws(EngineError) -> [Int]? {
    switch node.attribute(name)?.value {
    case nil: return nil
    case .ints(let values): return values.map { Int($0) }
    default: throw wrongKind(name, expected: "a list of integers")
    }
  }

  func floats(_ name: String) throws(EngineError) -> [Float]? {
    switch node.attribute(name)?.value {
    case nil: return nil
    case .floats(let values): return values
    default: throw wrongKind(name, expected: "a list of floats")
    }
  }

  /// An attribute that says yes or no by 1 or 0.
  func flag(_ name: String, default fallback: Bool = false) throws(EngineError) -> Bool {
    try int(name, default: fallback ? 1 : 0) != 0
  }

  /// An integer attribute that the operator can't do without.
  func required(_ name: String) throws(EngineError) -> Int {
    guard let value = try int(name) else { throw invalid("attribute \(name) is missing") }
    return value
  }

  func string(_ name: String) throws(EngineError) -> String? {
    switch node.attribute(name)?.value {
    case nil: return nil
    case .string(let bytes): return String(decoding: bytes, as: UTF8.self)
    default: throw wrongKind(name, expected: "a string")
    }
  }

  /// A string attribute that is one of `choices`, the first where it is absent.
  func choice(_ name: String, of choices: [String]) throws(EngineError) -> String {
    let value = try string(name) ?? choices[0]
    guard choices.contains(value) else { throw invalid("attribute \(name) is \"\(value)\"") }
    return value
  }

  func tensor(_ name: String) throws(EngineError) -> Tensor? {
    switch node.attribute(name)?.value {
    case nil: return nil
    case .tensor(let proto):
      let tensor = try Tensor(proto, place: label)
      return Reference.cast(tensor, to: types.computed(tensor.elementType))
    default: throw wrongKind(name, expected: "a tensor")
    }
  }

  /// The element type that an attribute names by ONNX's number.
  func elementType(_ name: String) throws(EngineError) -> ElementType? {
    guard let number = try int(name) else { return nil }
    guard let type = ElementType(onnx: Int32(clamping: number)) else {
      throw ElementType.unsupported(
        Int32(clamping: number), "in attribute \(name)", node: label)
    }
    return type
  }

  /// True where the node has an input at `position`.
  func hasInput(_ position: Int) -> Bool {
    position < node.inputs.count && !node.inputs[position].isEmpty
  }

  /// Something that the operator has and the engine does not.
  func unsupported(_ what: String) -> EngineError { EngineError(.unsupported(what), node: label) }

  /// A fault in the attributes.
  func invalid(_ why: String) -> EngineError { EngineError(.invalid(why), node: label) }

  private func wrongKind(_ name: String, expected: String) -> EngineError {
    invalid("attribute \(name) is not \(expected)")
  }
}
