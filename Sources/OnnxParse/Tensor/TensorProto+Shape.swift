extension TensorProto {
  /// The number of elements: the product of ``dims``, 1 for a scalar.
  ///
  /// - Throws: ``OnnxError`` where a dimension is negative or the product overflows.
  public func elementCount() throws(OnnxError) -> Int {
    if let negative = dims.first(where: { $0 < 0 }) {
      throw OnnxError(.invalid("the dimension \(negative) is negative"), place: label)
    }
    guard !dims.contains(0) else { return 0 }
    var product: Int64 = 1
    for dimension in dims {
      let (value, overflows) = product.multipliedReportingOverflow(by: dimension)
      guard !overflows else {
        throw OnnxError(.invalid("the product of the dimensions \(dims) overflows"), place: label)
      }
      product = value
    }
    return Int(product)
  }

  /// Bytes of the raw little-endian layout.
  ///
  /// - Throws: ``OnnxError`` for strings, unknown types, and a size that overflows.
  public func byteCount() throws(OnnxError) -> Int {
    guard let bits = dataType?.bitWidth else {
      throw OnnxError(.unsupported("elements of type \(typeName) have no raw form"), place: label)
    }
    let (total, overflows) = try elementCount().multipliedReportingOverflow(by: bits)
    guard !overflows, total <= Int.max - 7 else {
      throw OnnxError(.invalid("\(dims) elements of \(bits) bits are too many"), place: label)
    }
    return (total + 7) / 8
  }

  /// `tensor "weight"`, or nil for a tensor without a name.
  var label: String? { name.isEmpty ? nil : "tensor \"\(name)\"" }

  /// The element type for messages.
  var typeName: String { dataType.map { "\($0)" } ?? "number \(dataTypeNumber)" }
}
