extension TensorProto {
  /// The values of a float, float16 or bfloat16 tensor, exactly.
  ///
  /// - Parameter releasesPages: Memory of a mapped file is given back while floats are copied from it.
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func floats(releasesPages: Bool = false) throws(OnnxError) -> [Float] {
    switch dataType {
    case .float:
      if case .floats(let values) = payload, try values.count == elementCount() { return values }
      return try rawBytes().elements(as: Float.self, releasesPages: releasesPages)
    case .float16:
      return try rawBytes().elements(as: UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bfloat16:
      return try rawBytes().elements(as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default: throw mismatch("float, float16 or bfloat16")
    }
  }

  /// The values of a double tensor.
  ///
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func doubles() throws(OnnxError) -> [Double] {
    guard dataType == .double else { throw mismatch("double") }
    return try rawBytes().elements(as: Double.self)
  }

  /// The values of an int64 tensor, or of one with narrower integers.
  ///
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func int64s() throws(OnnxError) -> [Int64] {
    switch dataType {
    case .int64: return try rawBytes().elements(as: Int64.self)
    case .uint32: return try rawBytes().elements(as: UInt32.self).map { Int64($0) }
    case .int32, .int16, .uint16, .int8, .uint8: return try int32s().map { Int64($0) }
    default: throw mismatch("an integer type of at most 64 bits")
    }
  }

  /// The values of an int32 tensor, or of one with narrower integers.
  ///
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func int32s() throws(OnnxError) -> [Int32] {
    switch dataType {
    case .int32: return try rawBytes().elements(as: Int32.self)
    case .int16: return try rawBytes().elements(as: Int16.self).map { Int32($0) }
    case .uint16: return try rawBytes().elements(as: UInt16.self).map { Int32($0) }
    case .int8: return try rawBytes().elements(as: Int8.self).map { Int32($0) }
    case .uint8: return try rawBytes().elements(as: UInt8.self).map { Int32($0) }
    default: throw mismatch("an integer type of at most 32 bits")
    }
  }

  /// The values of an int8 tensor.
  ///
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func int8s() throws(OnnxError) -> [Int8] {
    guard dataType == .int8 else { throw mismatch("int8") }
    return try rawBytes().elements(as: Int8.self)
  }

  /// The values of a uint8 tensor.
  ///
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func uint8s() throws(OnnxError) -> [UInt8] {
    guard dataType == .uint8 else { throw mismatch("uint8") }
    return try rawBytes().array
  }

  /// The values of a bool tensor; any byte but 0 is true.
  ///
  /// - Throws: ``OnnxError`` for another element type, and where ``rawBytes()`` does.
  public func bools() throws(OnnxError) -> [Bool] {
    guard dataType == .bool else { throw mismatch("bool") }
    return try rawBytes().array.map { $0 != 0 }
  }

  private func mismatch(_ wanted: String) -> OnnxError {
    OnnxError(.invalid("the element type is \(typeName), not \(wanted)"), place: label)
  }
}
