import OnnxParse
import ViTKernel

/// The operators that the engine knows: name, versions, and how attributes become an ``Operator``.
///
/// This is the only place where an operator is a string.
enum OperatorRegistry {
  /// One operator.
  struct Entry: Sendable {
    var domain = OperatorDomain.onnx
    let name: String
    /// The opset versions that changed it and that the engine implements, ascending; the first is
    /// the one in force at opset 7, or the operator's birth.
    let versions: [Int64]
    /// The opset version from which on ONNX has the operator no more.
    var deprecatedSince: Int64?
    let inputs: ClosedRange<Int>
    /// How many inputs older versions take, where that differs.
    var earlierInputs: EarlierInputs?
    /// The attributes of all versions.
    var attributes: [AttributeName] = []
    /// Element types that it takes.
    var types = OperandTypes.floats
    /// Who computes it.
    var kernel = KernelUse.reference
    let decode: @Sendable (AttributeReader) throws(EngineError) -> Operator
  }

  /// The number of inputs before a version that changed it.
  struct EarlierInputs: Sendable {
    let before: Int64
    let count: ClosedRange<Int>
  }

  /// An attribute, and the versions of its operator that have it.
  struct AttributeName: Sendable, ExpressibleByStringLiteral {
    let name: String
    let versions: ClosedRange<Int64>

    init(_ name: String, since: Int64 = 1, until: Int64 = .max) {
      self.name = name
      versions = since...until
    }

    /// An attribute of all versions.
    init(stringLiteral name: String) { self.init(name) }
  }

  /// Operator sets of domain "" that the engine implements.
  static let supportedOpsets: ClosedRange<Int64> = 7...28

  /// The operator with subgraphs, which the graph's builder decodes.
  static let conditionalName = "If"

  /// The operators that a model spends its time in.
  private static let productNames: Set<String> = [
    "MatMul", "Gemm", "Conv", "Attention", "MultiHeadAttention", "FusedMatMul", "Einsum",
  ]

  /// True for the operators that a model spends its time in, in any domain.
  static func isProduct(_ node: Node) -> Bool { productNames.contains(node.opType) }

  /// What an operator is found by.
  struct Key: Hashable, Sendable {
    let domain: OperatorDomain
    let name: String
  }

  /// All entries by domain and name.
  static let entries: [Key: Entry] = {
    let all =
      elementwise + products + quantization + shapes + movement + imageOperators
      + indexingOperators + transformerOperators + quantizedOperators
    return Dictionary(uniqueKeysWithValues: all.map { (Key(domain: $0.domain, name: $0.name), $0) })
  }()

  /// Decodes a node of a model that imports `opset` of ONNX's own operators.
  ///
  /// - Parameter types: What is known of the types of its inputs.
  /// - Throws: ``EngineError`` naming node, operator, version and what is supported.
  static func decode(
    _ node: Node, opset: Int64, types: NodeTypes = NodeTypes(), label: String
  ) throws(EngineError) -> Operator {
    guard let domain = OperatorDomain(node.domain),
      let entry = entries[Key(domain: domain, name: node.opType)]
    else { throw unknown(node, opset: opset, label: label) }
    let version = domain == .onnx ? opset : 1
    guard let since = entry.versions.last(where: { $0 <= version }) else {
      throw EngineError(
        .unsupported(
          "operator \(node.opType) at opset \(opset); supported from version "
            + "\(entry.versions.first ?? 0)"),
        node: label)
    }
    if let deprecated = entry.deprecatedSince, version >= deprecated {
      throw EngineError(
        .invalid("operator \(node.opType) at opset \(opset); ONNX has it up to \(deprecated - 1)"),
        node: label)
    }
    let inputs = entry.earlierInputs.flatMap { since < $0.before ? $0.count : nil } ?? entry.inputs
    guard inputs.contains(node.inputs.count) else {
      throw EngineError(
        .invalid(
          "\(node.inputs.count) inputs, \(node.opType) (version \(since)) takes "
            + "\(describe(inputs))"),
        node: label)
    }
    try checkAttributes(of: node, against: entry, since: since, label: label)
    return try entry.decode(
      AttributeReader(node: node, label: label, since: since, types: types))
  }

  private static func unknown(_ node: Node, opset: Int64, label: String) -> EngineError {
    if node.domain.isEmpty && ["Loop", "Scan", "SequenceMap"].contains(node.opType) {
      return EngineError(
        .unsupported("operator \(node.opType): control flow other than If can't be compiled"),
        node: label)
    }
    let place = node.domain.isEmpty ? "opset \(opset)" : "domain \(node.domain)"
    return EngineError(
      .unsupported(
        "operator \(node.opType) (\(place)); `vitq inspect --operators` lists those supported"),
      node: label)
  }

  /// An attribute that is unknown may change the meaning of a node, so none is passed over. Names that
  /// begin with two underscores are private to the tool that wrote them, as in ONNX's own checker.
  private static func checkAttributes(
    of node: Node, against entry: Entry, since: Int64, label: String
  ) throws(EngineError) {
    let known = entry.attributes.filter { $0.versions.contains(since) }.map(\.name)
    for attribute in node.attributes
    where !known.contains(attribute.name) && !attribute.name.hasPrefix("__") {
      let has = known.isEmpty ? "has none" : "has " + known.joined(separator: ", ")
      throw EngineError(
        .invalid(
          "attribute \(attribute.name) is unknown; \(entry.name) (version \(since)) \(has)"),
        node: label)
    }
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
    return range.upperBound == .max
      ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}
