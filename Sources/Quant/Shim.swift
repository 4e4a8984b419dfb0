import OnnxParse
extension TensorProto {
  init(name: String, dims: [Int64], rawFloats: [Float]) {
    let bytes = rawFloats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    self.init(name: name, dims: dims, dataType: .float, payload: .raw(Bytes(bytes)))
  }
  func floats() throws(OnnxError) -> [Float] {
    switch payload {
    case .floats(let f): return f
    case .raw(let b):
      let a = b.array
      return stride(from: 0, to: a.count, by: 4).map { i in
        var v: UInt32 = 0
        for k in 0..<4 { v |= UInt32(a[i + k]) << UInt32(8 * k) }
        return Float(bitPattern: v)
      }
    default: throw OnnxError(.unsupported("payload"))
    }
  }
}
