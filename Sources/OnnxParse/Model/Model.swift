/// An ONNX model in memory: `ModelProto`.
///
/// Everything that the file says is here, so that a model that is read and written again says the
/// same; nothing here executes.
public struct Model: Sendable, Equatable {
  /// Version of the format itself.
  public var irVersion: Int64
  /// The operator sets that the graph uses, one for each domain.
  public var opsetImports: [OperatorSetID]
  /// Name of the tool that wrote the file.
  public var producerName: String
  /// Its version.
  public var producerVersion: String
  /// Name space of the model.
  public var domain: String
  /// Version of the model.
  public var modelVersion: Int64
  /// Free text.
  public var docString: String
  /// The computation.
  public var graph: Graph
  /// `metadata_props`.
  public var metadata: [StringPair]
  /// Model-local functions.
  public var functions: [FunctionProto]
  /// Fields that this library does not know (training information among them).
  public var unknownFields: [UnknownField]
  /// Folder that external data are relative to, and name for messages; nil for a model made in
  /// memory.
  public var file: String?

  /// A model of `graph` over `opsetImports`.
  public init(
    irVersion: Int64 = 8, opsetImports: [OperatorSetID], producerName: String = "",
    producerVersion: String = "", domain: String = "", modelVersion: Int64 = 0,
    docString: String = "", graph: Graph, metadata: [StringPair] = [],
    functions: [FunctionProto] = [], unknownFields: [UnknownField] = [], file: String? = nil
  ) {
    self.irVersion = irVersion
    self.opsetImports = opsetImports
    self.producerName = producerName
    self.producerVersion = producerVersion
    self.domain = domain
    self.modelVersion = modelVersion
    self.docString = docString
    self.graph = graph
    self.metadata = metadata
    self.functions = functions
    self.unknownFields = unknownFields
    self.file = file
  }

  /// The version of ONNX's own operator set (domain "" or "ai.onnx"); nil where none is imported.
  public var opset: Int64? {
    opsetImports.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version
  }
}

/// A domain and the version of its operators: `OperatorSetIdProto`.
public struct OperatorSetID: Sendable, Equatable, Hashable {
  /// The domain; empty for ONNX's own.
  public var domain: String
  /// The version.
  public var version: Int64
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// Operator set `version` of `domain`.
  public init(domain: String = "", version: Int64, unknownFields: [UnknownField] = []) {
    self.domain = domain
    self.version = version
    self.unknownFields = unknownFields
  }
}

/// A function of the model's own: `FunctionProto`.
public struct FunctionProto: Sendable, Equatable {
  /// The name, used as an operator in `domain`.
  public var name: String
  /// The domain.
  public var domain: String
  /// Which overload.
  public var overload: String
  /// Formal inputs.
  public var inputs: [String]
  /// Formal outputs.
  public var outputs: [String]
  /// Attributes without a default.
  public var attributes: [String]
  /// Attributes with a default.
  public var attributeDefaults: [Attribute]
  /// The body.
  public var nodes: [Node]
  /// The operator sets that the body uses.
  public var opsetImports: [OperatorSetID]
  /// Types of values in the body.
  public var valueInfo: [ValueInfo]
  /// Free text.
  public var docString: String
  /// `metadata_props`.
  public var metadata: [StringPair]
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A function `name` of `domain` with body `nodes`.
  public init(
    name: String, domain: String, overload: String = "", inputs: [String], outputs: [String],
    attributes: [String] = [], attributeDefaults: [Attribute] = [], nodes: [Node],
    opsetImports: [OperatorSetID], valueInfo: [ValueInfo] = [], docString: String = "",
    metadata: [StringPair] = [], unknownFields: [UnknownField] = []
  ) {
    self.name = name
    self.domain = domain
    self.overload = overload
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.attributeDefaults = attributeDefaults
    self.nodes = nodes
    self.opsetImports = opsetImports
    self.valueInfo = valueInfo
    self.docString = docString
    self.metadata = metadata
    self.unknownFields = unknownFields
  }
}
