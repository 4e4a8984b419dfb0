import OnnxParse
import ViTKernel

/// The operators that the engine knows: name, versions, and how attributes become an ``Operator``.
///
/// This is the only place where an operator is a string.
enum OperatorRegistry {
  /// One operator of ONNX's own domain.
  struct Entry: Sendable {
    let name: String
    /// The opset versions that changed it and that the engine implements, ascending; the first is
    /// the one in force at opset 11, or the operator's birth.
    let versions: [Int64]
    let inputs: ClosedRange<Int>
    let decode: @Sendable (AttributeReader) throws(EngineError) -> Operator
  }

  /// Operator sets of domain "" that the engine implements.
  static let supportedOpsets: ClosedRange<Int64> = 11...21

  /// All entries by name.
  static let entries: [String: Entry] = {
    let all = elementwise + products + quantization + shapes + movement
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  }()

  /// Decodes a node of a model that imports `opset`.
  ///
  /// - Throws: ``EngineError`` naming node, operator, version and what is supported.
  static func decode(_ node: Node, opset: Int64, label: String) throws(EngineError) -> Operator {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else {
      throw EngineError(
        .unsupported(
          "operator \(node.opType) of domain \(node.domain); only ONNX's own domain is supported"),
        node: label)
    }
    guard let entry = entries[node.opType] else {
      throw EngineError(
        .unsupported(
          "operator \(node.opType) (opset \(opset)); `vitq inspect --operators` lists those "
            + "supported"),
        node: label)
    }
    guard let since = entry.versions.last(where: { $0 <= opset }) else {
      throw EngineError(
        .unsupported(
          "operator \(node.opType) at opset \(opset); supported from version "
            + "\(entry.versions.first ?? 0)"),
        node: label)
    }
    guard entry.inputs.contains(node.inputs.count) else {
      throw EngineError(
        .invalid("\(node.inputs.count) inputs, \(node.opType) takes \(describe(entry.inputs))"),
        node: label)
    }
    return try entry.decode(AttributeReader(node: node, label: label, since: since))
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
    return range.upperBound == .max
      ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}
