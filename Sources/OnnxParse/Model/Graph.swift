/// A graph: nodes in topological order, the values that enter and leave it, and its constants.
public struct Graph: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The nodes, in topological order.
  public var nodes: [Node]
  /// The inputs, in the file's order; before IR version 4 initializers are listed here as well.
  public var inputs: [ValueInfo]
  /// The outputs, in the file's order.
  public var outputs: [ValueInfo]
  /// Types of values in between, where the exporter gave them.
  public var valueInfo: [ValueInfo]
  /// The constants by name.
  public var initializers: [TensorProto]
  /// Sparse constants.
  public var sparseInitializers: [SparseTensorProto]
  /// `quantization_annotation`.
  public var quantizationAnnotations: [TensorAnnotation]
  /// Free text.
  public var docString: String
  /// `metadata_props`.
  public var metadata: [StringPair]
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A graph of `nodes` from `inputs` to `outputs`.
  public init(
    name: String = "", nodes: [Node] = [], inputs: [ValueInfo] = [], outputs: [ValueInfo] = [],
    valueInfo: [ValueInfo] = [], initializers: [TensorProto] = [],
    sparseInitializers: [SparseTensorProto] = [],
    quantizationAnnotations: [TensorAnnotation] = [], docString: String = "",
    metadata: [StringPair] = [], unknownFields: [UnknownField] = []
  ) {
    self.name = name
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.valueInfo = valueInfo
    self.initializers = initializers
    self.sparseInitializers = sparseInitializers
    self.quantizationAnnotations = quantizationAnnotations
    self.docString = docString
    self.metadata = metadata
    self.unknownFields = unknownFields
  }
}

/// One operation: `NodeProto`.
public struct Node: Sendable, Equatable {
  /// The name; may be empty.
  public var name: String
  /// The operator, such as `MatMul`.
  public var opType: String
  /// The operator's domain; empty for ONNX's own.
  public var domain: String
  /// Which overload of a model-local function; mostly empty.
  public var overload: String
  /// Names of the values that it reads; an empty name is an optional input left out.
  public var inputs: [String]
  /// Names of the values that it defines; an empty name is an optional output left out.
  public var outputs: [String]
  /// Attributes, in the file's order.
  public var attributes: [Attribute]
  /// Free text.
  public var docString: String
  /// `metadata_props`.
  public var metadata: [StringPair]
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A node of operator `opType` from `inputs` to `outputs`.
  public init(
    name: String = "", opType: String, domain: String = "", overload: String = "",
    inputs: [String], outputs: [String], attributes: [Attribute] = [], docString: String = "",
    metadata: [StringPair] = [], unknownFields: [UnknownField] = []
  ) {
    self.name = name
    self.opType = opType
    self.domain = domain
    self.overload = overload
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.docString = docString
    self.metadata = metadata
    self.unknownFields = unknownFields
  }

  /// The attribute `name`, where the node has it.
  public func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }
}

/// A named parameter of a node: `AttributeProto`.
public struct Attribute: Sendable, Equatable {
  /// The kinds of value, one for each `AttributeProto.AttributeType`.
  public indirect enum Value: Sendable, Equatable {
    /// No value: the type is `UNDEFINED`, or a function's attribute refers to its caller's.
    case undefined
    /// `f`
    case float(Float)
    /// `i`
    case int(Int64)
    /// `s`: bytes, mostly UTF-8.
    case string([UInt8])
    /// `t`
    case tensor(TensorProto)
    /// `g`
    case graph(Graph)
    /// `sparse_tensor`
    case sparseTensor(SparseTensorProto)
    /// `tp`
    case type(TypeProto)
    /// `floats`
    case floats([Float])
    /// `ints`
    case ints([Int64])
    /// `strings`
    case strings([[UInt8]])
    /// `tensors`
    case tensors([TensorProto])
    /// `graphs`
    case graphs([Graph])
    /// `sparse_tensors`
    case sparseTensors([SparseTensorProto])
    /// `type_protos`
    case types([TypeProto])
  }

  /// The name.
  public var name: String
  /// The value.
  public var value: Value
  /// In a function's body: the attribute of the caller that supplies the value; else empty.
  public var refAttrName: String
  /// The number of the declared type, where ``value`` is `undefined` because it refers to another.
  public var declaredType: Int32
  /// Free text.
  public var docString: String
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// An attribute `name` with `value`.
  public init(
    name: String, value: Value, refAttrName: String = "", declaredType: Int32 = 0,
    docString: String = "", unknownFields: [UnknownField] = []
  ) {
    self.name = name
    self.value = value
    self.refAttrName = refAttrName
    self.declaredType = declaredType
    self.docString = docString
    self.unknownFields = unknownFields
  }
}
