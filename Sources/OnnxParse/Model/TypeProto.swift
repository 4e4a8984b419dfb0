/// A named value and its type: `ValueInfoProto`.
public struct ValueInfo: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The type; nil where the file gives none.
  public var type: TypeProto?
  /// Free text.
  public var docString: String
  /// `metadata_props`.
  public var metadata: [StringPair]
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A value `name` of `type`.
  public init(
    name: String, type: TypeProto?, docString: String = "", metadata: [StringPair] = [],
    unknownFields: [UnknownField] = []
  ) {
    self.name = name
    self.type = type
    self.docString = docString
    self.metadata = metadata
    self.unknownFields = unknownFields
  }

  /// A tensor value `name` of `dataType`; `dims` nil means that even the rank is unknown.
  public init(name: String, dataType: DataType, dims: [Dimension]?) {
    self.init(name: name, type: TypeProto(dataType: dataType, dims: dims))
  }
}

/// One dimension of a shape.
public enum Dimension: Sendable, Equatable, Hashable {
  /// A number.
  case size(Int64)
  /// A symbol, such as `batch_size`.
  case symbol(String)
  /// Not said.
  case unknown
}

/// The type of a value: `TypeProto`.
public struct TypeProto: Sendable, Equatable {
  /// The kinds of type.
  public indirect enum Kind: Sendable, Equatable {
    /// A tensor; `dims` nil means that even the rank is unknown.
    case tensor(elementType: Int32, dims: [Dimension]?)
    /// A sparse tensor.
    case sparseTensor(elementType: Int32, dims: [Dimension]?)
    /// A sequence of one type.
    case sequence(TypeProto)
    /// A value that may be absent.
    case optional(TypeProto)
    /// A map.
    case map(keyType: Int32, value: TypeProto)
    /// Not said.
    case none
  }

  /// What it is.
  public var kind: Kind
  /// `denotation`.
  public var denotation: String
  /// What else the file says of the type.
  public var details: TypeDetails
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A type of `kind`.
  public init(
    kind: Kind, denotation: String = "", details: TypeDetails = TypeDetails(),
    unknownFields: [UnknownField] = []
  ) {
    self.kind = kind
    self.denotation = denotation
    self.details = details
    self.unknownFields = unknownFields
  }

  /// A tensor of `dataType`; `dims` nil means that even the rank is unknown.
  public init(dataType: DataType, dims: [Dimension]?) {
    self.init(kind: .tensor(elementType: dataType.rawValue, dims: dims))
  }
}

/// What a file may say of a type that nothing here computes with, kept so that writing loses nothing.
public struct TypeDetails: Sendable, Equatable {
  /// What is said of one dimension.
  public struct DimensionDetails: Sendable, Equatable {
    /// `denotation`, such as `DATA_BATCH`.
    public var denotation: String
    /// Fields of the dimension that this library does not know.
    public var unknownFields: [UnknownField]

    /// A dimension with `denotation`.
    public init(denotation: String = "", unknownFields: [UnknownField] = []) {
      self.denotation = denotation
      self.unknownFields = unknownFields
    }
  }

  /// One for each dimension, or none where nothing is said of any.
  public var dimensions: [DimensionDetails]
  /// Fields of the shape that this library does not know.
  public var unknownShapeFields: [UnknownField]
  /// Fields of the tensor, sequence, optional or map type that this library does not know.
  public var unknownKindFields: [UnknownField]

  /// Details of a type; by default there are none.
  public init(
    dimensions: [DimensionDetails] = [], unknownShapeFields: [UnknownField] = [],
    unknownKindFields: [UnknownField] = []
  ) {
    self.dimensions = dimensions
    self.unknownShapeFields = unknownShapeFields
    self.unknownKindFields = unknownKindFields
  }
}

/// A sparse tensor: `SparseTensorProto`.
public struct SparseTensorProto: Sendable, Equatable {
  /// The values that are not zero.
  public var values: TensorProto
  /// Their places.
  public var indices: TensorProto
  /// The dense shape.
  public var dims: [Int64]
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A sparse tensor of shape `dims`.
  public init(
    values: TensorProto, indices: TensorProto, dims: [Int64], unknownFields: [UnknownField] = []
  ) {
    self.values = values
    self.indices = indices
    self.dims = dims
    self.unknownFields = unknownFields
  }
}

/// Quantization parameters that an exporter noted for a value: `TensorAnnotation`.
public struct TensorAnnotation: Sendable, Equatable {
  /// The value.
  public var tensorName: String
  /// Which initializers hold what, such as SCALE_TENSOR.
  public var parameters: [StringPair]
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// An annotation of `tensorName`.
  public init(
    tensorName: String, parameters: [StringPair], unknownFields: [UnknownField] = []
  ) {
    self.tensorName = tensorName
    self.parameters = parameters
    self.unknownFields = unknownFields
  }
}
