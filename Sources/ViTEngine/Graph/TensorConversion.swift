import OnnxParse
import ViTKernel

extension ElementType {
  /// The element type that ONNX numbers `number`; nil where the engine has none for it.
  public init?(onnx number: Int32) {
    switch DataType(rawValue: number) {
    case .float: self = .float32
    case .double: self = .float64
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .int32: self = .int32
    case .int64: self = .int64
    case .bool: self = .bool
    default: return nil
    }
  }

  /// An error about an element type that ONNX numbers `number` and the engine has not, found in
  /// `place`, such as `of input "x"`.
  static func unsupported(
    _ number: Int32, _ place: String, node: String? = nil
  ) -> EngineError {
    let name = DataType(rawValue: number).map { "\($0)" } ?? "number \(number)"
    let supported = allCases.map { "\($0.onnx)" }.joined(separator: ", ")
    return EngineError(
      .unsupported("element type \(name) \(place); supported are \(supported)"), node: node)
  }

  /// ONNX's data type for the elements.
  public var onnx: DataType {
    switch self {
    case .float32: .float
    case .float64: .double
    case .int8: .int8
    case .uint8: .uint8
    case .int32: .int32
    case .int64: .int64
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
      return (type, try proto.rawBytes())
    } catch {
      throw EngineError(.invalid(error.description), node: place)
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
