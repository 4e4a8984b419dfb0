extension TensorProto {
  /// A float tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], floats: [Float]) {
    self.init(name: name, dims: dims, dataType: .float, payload: .raw(Bytes(copying: floats)))
  }

  /// A double tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], doubles: [Double]) {
    self.init(name: name, dims: dims, dataType: .double, payload: .raw(Bytes(copying: doubles)))
  }

  /// An int64 tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], int64s: [Int64]) {
    self.init(name: name, dims: dims, dataType: .int64, payload: .raw(Bytes(copying: int64s)))
  }

  /// An int32 tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], int32s: [Int32]) {
    self.init(name: name, dims: dims, dataType: .int32, payload: .raw(Bytes(copying: int32s)))
  }

  /// An int8 tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], int8s: [Int8]) {
    self.init(name: name, dims: dims, dataType: .int8, payload: .raw(Bytes(copying: int8s)))
  }

  /// A uint8 tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], uint8s: [UInt8]) {
    self.init(name: name, dims: dims, dataType: .uint8, payload: .raw(Bytes(uint8s)))
  }

  /// A bool tensor; no dimensions make a scalar.
  public init(name: String = "", dims: [Int64], bools: [Bool]) {
    self.init(
      name: name, dims: dims, dataType: .bool, payload: .raw(Bytes(bools.map { $0 ? 1 : 0 })))
  }
}
