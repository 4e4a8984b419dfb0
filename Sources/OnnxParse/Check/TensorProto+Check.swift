extension TensorProto {
  /// Checks the tensor: dimensions, element type, and that it holds as much data as they say.
  ///
  /// - Throws: ``OnnxError`` that says what is wrong.
  public func check() throws(OnnxError) {
    let count = try checkedElementCount()
    guard let dataType, let typedForm = dataType.typedForm else {
      throw OnnxError(
        dataTypeNumber == 0
          ? .invalid("the element type is not given")
          : .unsupported("element type \(typeName)"))
    }
    let form = payload.form
    switch form {
    case .external: return
    case .raw where dataType != .string:
      let expected = try checkedByteCount()
      guard payload.count == expected else {
        throw OnnxError(
          .invalid(
            "\(typeName) of shape \(dims) takes \(expected) bytes, raw_data has \(payload.count)"))
      }
    case typedForm:
      let expected = try typedCount(of: count, dataType)
      guard payload.count == expected else {
        throw OnnxError(
          .invalid(
            "\(typeName) of shape \(dims) takes \(expected) values, "
              + "\(form.rawValue) has \(payload.count)"))
      }
    default:
      throw OnnxError(.invalid("elements of type \(typeName) can't be in \(form.rawValue)"))
    }
  }

  /// Entries of the typed field for `count` elements: complex numbers take two; two 4-bit
  /// elements share one, and so do four 2-bit ones.
  private func typedCount(of count: Int, _ dataType: DataType) throws(OnnxError) -> Int {
    switch dataType {
    case .complex64, .complex128:
      let (total, overflows) = count.multipliedReportingOverflow(by: 2)
      guard !overflows else { throw OnnxError(.invalid("\(dims) elements are too many")) }
      return total
    case .uint4, .int4, .float4e2m1: return count / 2 + count % 2
    case .uint2, .int2: return count / 4 + (count % 4 == 0 ? 0 : 1)
    default: return count
    }
  }
}

extension TensorProto.Payload {
  /// Bytes of raw data, entries of any other form.
  var count: Int {
    switch self {
    case .raw(let bytes): bytes.count
    case .floats(let values): values.count
    case .int32s(let values): values.count
    case .int64s(let values): values.count
    case .doubles(let values): values.count
    case .uint64s(let values): values.count
    case .strings(let values): values.count
    case .external(let entries): entries.count
    }
  }
}

extension SparseTensorProto {
  /// Checks both tensors, and that their shapes fit: `values` is [n], `indices` [n] or [n, rank].
  ///
  /// - Throws: ``OnnxError`` that says what is wrong.
  public func check() throws(OnnxError) {
    try within("values") { () throws(OnnxError) in try values.check() }
    try within("indices") { () throws(OnnxError) in try indices.check() }
    guard !dims.isEmpty, dims.allSatisfy({ $0 > 0 }) else {
      throw OnnxError(.invalid("the dense shape \(dims) has a dimension that is not positive"))
    }
    guard values.dims.count == 1 else {
      throw OnnxError(.invalid("values have shape \(values.dims), not one dimension"))
    }
    guard indices.dataType == .int64,
      indices.dims == values.dims || indices.dims == values.dims + [Int64(dims.count)]
    else {
      throw OnnxError(
        .invalid(
          "indices are \(indices.typeName) of shape \(indices.dims); values of shape "
            + "\(values.dims) take int64 of that shape, or with \(dims.count) columns"))
    }
  }
}
