extension TensorProto {
  /// The number of elements: the product of ``dims``, 1 for a scalar.
  ///
  /// - Throws: ``OnnxError`` where a dimension is negative or the product overflows.
  public func elementCount() throws(OnnxError) -> Int {
    try named { () throws(OnnxError) in try checkedElementCount() }
  }

  /// Bytes of the raw little-endian layout.
  ///
  /// - Throws: ``OnnxError`` for strings, unknown types, and a size that overflows.
  public func byteCount() throws(OnnxError) -> Int {
    try named { () throws(OnnxError) in try checkedByteCount() }
  }

  /// ``elementCount()`` for messages whose place names the tensor already.
  func checkedElementCount() throws(OnnxError) -> Int {
    if let negative = dims.first(where: { $0 < 0 }) {
      throw OnnxError(.invalid("the dimension \(negative) is negative"))
    }
    guard !dims.contains(0) else { return 0 }
    var product: Int64 = 1
    for dimension in dims {
      let (value, overflows) = product.multipliedReportingOverflow(by: dimension)
      guard !overflows else {
        throw OnnxError(.invalid("the product of the dimensions \(dims) overflows"))
      }
      product = value
    }
    return Int(product)
  }

  /// ``byteCount()`` for messages whose place names the tensor already.
  func checkedByteCount() throws(OnnxError) -> Int {
    guard let bits = dataType?.bitWidth else {
      throw OnnxError(.unsupported("elements of type \(typeName) have no raw form"))
    }
    let (total, overflows) = try checkedElementCount().multipliedReportingOverflow(by: bits)
    guard !overflows, total <= Int.max - 7 else {
      throw OnnxError(.invalid("\(dims) elements of \(bits) bits are too many"))
    }
    return (total + 7) / 8
  }

  /// `tensor "weight"`; nil for a tensor without a name.
  var label: String? { name.isEmpty ? nil : "tensor \"\(name)\"" }

  /// Runs `body`; the place of an error that it throws is this tensor, if it has a name.
  func named<Result>(_ body: () throws(OnnxError) -> Result) throws(OnnxError) -> Result {
    do throws(OnnxError) { return try body() } catch {
      throw label.map { error.within($0) } ?? error
    }
  }

  /// The element type for messages.
  var typeName: String { dataType.map { "\($0)" } ?? "number \(dataTypeNumber)" }
}
