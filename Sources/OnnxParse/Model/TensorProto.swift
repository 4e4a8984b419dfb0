/// A tensor as a file holds it: `TensorProto`.
public struct TensorProto: Sendable, Equatable {
  /// Where and how the values are stored.
  public enum Payload: Sendable, Equatable {
    /// `raw_data`: little-endian, packed, row major; 4-bit types two to a byte, low nibble first.
    case raw(Bytes)
    /// `float_data`: float, complex64 (pairs).
    case floats([Float])
    /// `int32_data`: int32, int16, int8, uint16, uint8, bool, float16 and bfloat16 (bits), and the
    /// 8-bit and 4-bit types.
    case int32s([Int32])
    /// `int64_data`: int64.
    case int64s([Int64])
    /// `double_data`: double, complex128 (pairs).
    case doubles([Double])
    /// `uint64_data`: uint32 and uint64.
    case uint64s([UInt64])
    /// `string_data`: strings, as bytes.
    case strings([[UInt8]])
    /// `external_data`: entries such as location, offset and length, in the file's order.
    case external([StringPair])
  }

  /// The name; an initializer's name is the value that it defines.
  public var name: String
  /// Dimensions, outermost first; empty for a scalar.
  public var dims: [Int64]
  /// Element type as the file has it; nil where the number is not one that ``DataType`` knows.
  public var dataType: DataType? { DataType(rawValue: dataTypeNumber) }
  /// The number of the element type in the file.
  public var dataTypeNumber: Int32
  /// The values.
  public var payload: Payload
  /// Free text.
  public var docString: String
  /// `metadata_props`.
  public var metadata: [StringPair]
  /// Fields that this library does not know, kept as they were.
  public var unknownFields: [UnknownField]

  /// A tensor of `dims` and `dataType` with `payload`.
  public init(
    name: String = "", dims: [Int64], dataType: DataType, payload: Payload, docString: String = "",
    metadata: [StringPair] = [], unknownFields: [UnknownField] = []
  ) {
    self.init(
      name: name, dims: dims, dataTypeNumber: dataType.rawValue, payload: payload,
      docString: docString, metadata: metadata, unknownFields: unknownFields)
  }

  /// A tensor of `dims` and element type number `dataTypeNumber` with `payload`.
  public init(
    name: String = "", dims: [Int64], dataTypeNumber: Int32, payload: Payload,
    docString: String = "", metadata: [StringPair] = [], unknownFields: [UnknownField] = []
  ) {
    self.name = name
    self.dims = dims
    self.dataTypeNumber = dataTypeNumber
    self.payload = payload
    self.docString = docString
    self.metadata = metadata
    self.unknownFields = unknownFields
  }
}

/// A key and a value: `StringStringEntryProto`.
public struct StringPair: Sendable, Equatable, Hashable {
  /// The key.
  public var key: String
  /// The value.
  public var value: String
  /// Fields that this library does not know.
  public var unknownFields: [UnknownField]

  /// A pair of `key` and `value`.
  public init(key: String, value: String, unknownFields: [UnknownField] = []) {
    self.key = key
    self.value = value
    self.unknownFields = unknownFields
  }
}

/// A field of a message that this library has no name for, kept so that writing loses nothing.
public struct UnknownField: Sendable, Equatable, Hashable {
  /// The field's number.
  public var tag: UInt32
  /// The wire type: 0 varint, 1 64-bit, 2 length-delimited, 5 32-bit.
  public var wireType: UInt8
  /// The encoded value, as protobuf-c keeps it (with the length prefix for wire type 2).
  public var data: [UInt8]

  /// A field with `tag`, `wireType` and its encoded `data`.
  public init(tag: UInt32, wireType: UInt8, data: [UInt8]) {
    self.tag = tag
    self.wireType = wireType
    self.data = data
  }
}
