extension TensorProto {
  /// The values in the layout of `raw_data`, from whatever form the tensor has: little-endian, row
  /// major, 4-bit types two and 2-bit types four to a byte. Nothing is copied where they are in that form.
  ///
  /// - Throws: ``OnnxError`` where the data do not fit the shape, and for strings and external data.
  public func rawBytes() throws(OnnxError) -> Bytes {
    try named { () throws(OnnxError) in
      if case .external(let entries) = payload { throw external(entries) }
      try check()
      return try packedBytes()
    }
  }

  private func packedBytes() throws(OnnxError) -> Bytes {
    switch payload {
    case .raw(let bytes): return bytes
    case .floats(let values): return Bytes(copying: values)
    case .doubles(let values): return Bytes(copying: values)
    case .int64s(let values): return Bytes(copying: values)
    case .uint64s(let values):
      return dataType == .uint32
        ? Bytes(copying: values.map { UInt32(truncatingIfNeeded: $0) }) : Bytes(copying: values)
    case .int32s(let values):
      return switch dataType?.bitWidth {
      case 32: Bytes(copying: values)
      case 16: Bytes(copying: values.map { Int16(truncatingIfNeeded: $0) })
      default: Bytes(copying: values.map { UInt8(truncatingIfNeeded: $0) })
      }
    case .strings, .external:
      throw OnnxError(.unsupported("elements of type \(typeName) have no raw form"))
    }
  }

  private func external(_ entries: [StringPair]) -> OnnxError {
    let location = entries.first { $0.key == "location" }?.value ?? "another file"
    return OnnxError(
      .unsupported(
        "the values are in \"\(location)\" (external data), which has not been read")
    )
  }
}
