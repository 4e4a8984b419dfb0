import OnnxParse
import ViTKernel

extension ElementType {
  /// The element type that ONNX numbers `number`; nil where the engine has none for it.
  public init?(onnx number: Int32) {
    guard let type = DataType(rawValue: number),
      let match = Self.allCases.first(where: { $0.onnx == type })
    else { return nil }
    self = match
  }

  /// An error about an element type that ONNX numbers `number` and the engine has not, found in
  /// `place`, such as `of input "x"`.
  static func unsupported(
    _ number: Int32, _ place: String, node: String? = nil
  ) -> EngineError {
    let name = DataType(rawValue: number).map { "\($0)" } ?? "number \(number)"
    return EngineError(
      .unsupported("element type \(name) \(place); numbers and bools are supported"), node: node)
  }

  /// ONNX's data type for the elements.
  public var onnx: DataType {
    switch self {
    case .float32: .float
    case .float64: .double
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float8e4m3fn: .float8e4m3fn
    case .float8e4m3fnuz: .float8e4m3fnuz
    case .float8e5m2: .float8e5m2
    case .float8e5m2fnuz: .float8e5m2fnuz
    case .float8e8m0: .float8e8m0
    case .float4e2m1: .float4e2m1
    case .int2: .int2
    case .uint2: .uint2
    case .int4: .int4
    case .uint4: .uint4
    case .int8: .int8
    case .uint8: .uint8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    case .int64: .int64
    case .uint64: .uint64
    case .bool: .bool
    }
  }
}

extension Tensor {
  /// The tensor that `proto` describes; its bytes stay where they are if they lie aligned.
  ///
  /// - Throws: ``EngineError`` naming `place` where the type is unsupported or the data are not a
  ///   tensor's.
  public init(_ proto: TensorProto, place: String) throws(EngineError) {
    let (type, bytes) = try Self.content(of: proto, place: place)
    let tensor = Tensor(
      type, shape: proto.dims.map { Int($0) }, storage: TensorStorage(sharing: bytes))
    self = tensor.isAligned ? tensor : tensor.copy()
  }

  /// Type and bytes of the elements of `proto`, of which there are as many as its shape says.
  static func content(
    of proto: TensorProto, place: String
  ) throws(EngineError) -> (ElementType, Bytes) {
    guard let type = ElementType(onnx: proto.dataTypeNumber) else {
      throw ElementType.unsupported(
        proto.dataTypeNumber, "of tensor \"\(proto.name)\"", node: place)
    }
    do {
      let bytes = try proto.rawBytes()
      guard let width = type.onnx.bitWidth, width < 8 else { return (type, bytes) }
      let count = proto.dims.reduce(1) { $0 * Int($1) }
      return (type, Bytes(unpacked(bytes, of: type, width: width, count: count)))
    } catch {
      throw EngineError(.invalid(error.description), node: place)
    }
  }
}

extension Tensor {
  /// A byte for each of `count` elements of `width` bits, signed ones extended.
  private static func unpacked(
    _ bytes: Bytes, of type: ElementType, width: Int, count: Int
  ) -> [UInt8] {
    let packed = bytes.array
    let perByte = 8 / width
    let most = type.subByteRange?.upperBound ?? .max
    return (0..<count).map { index in
      let element =
        packed[index / perByte] >> UInt8(index % perByte * width) & UInt8(1 << width - 1)
      return Int(element) > most ? element &- UInt8(1 << width) : element
    }
  }

  /// The elements as a file holds them: those narrower than a byte are packed, the first one lowest.
  public var packedBytes: [UInt8] {
    let bytes = withUnsafeBytes { Array($0) }
    guard let width = elementType.onnx.bitWidth, width < 8 else { return bytes }
    let perByte = 8 / width
    let mask = UInt8(1 << width - 1)
    return stride(from: 0, to: bytes.count, by: perByte).map { start in
      bytes[start..<min(start + perByte, bytes.count)].enumerated().reduce(0) { packed, next in
        packed | (next.element & mask) << UInt8(next.offset * width)
      }
    }
  }
}

extension TensorStorage {
  /// Read-only memory over `bytes`, which stay alive with it.
  convenience init(sharing bytes: Bytes) {
    self.init(borrowing: bytes.withUnsafeBytes { $0 }, owner: BytesOwner(bytes))
  }
}

/// Keeps bytes alive for a storage that borrows them.
private final class BytesOwner: Sendable {
  let bytes: Bytes

  init(_ bytes: Bytes) { self.bytes = bytes }
}
