/// The fields of a `TensorProto` that can hold values, by their names in the format.
enum StorageForm: String {
  case raw = "raw_data"
  case floats = "float_data"
  case int32s = "int32_data"
  case int64s = "int64_data"
  case doubles = "double_data"
  case uint64s = "uint64_data"
  case strings = "string_data"
  case external = "external_data"
}

extension DataType {
  /// The typed field for elements of this type; nil for `undefined`.
  var typedForm: StorageForm? {
    switch self {
    case .undefined: nil
    case .float, .complex64: .floats
    case .double, .complex128: .doubles
    case .int64: .int64s
    case .uint32, .uint64: .uint64s
    case .string: .strings
    case .uint8, .int8, .uint16, .int16, .int32, .bool, .float16, .bfloat16, .float8e4m3fn,
      .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .uint2, .int2, .uint4, .int4,
      .float4e2m1:
      .int32s
    }
  }
}

extension TensorProto.Payload {
  /// The field that holds it.
  var form: StorageForm {
    switch self {
    case .raw: .raw
    case .floats: .floats
    case .int32s: .int32s
    case .int64s: .int64s
    case .doubles: .doubles
    case .uint64s: .uint64s
    case .strings: .strings
    case .external: .external
    }
  }
}
