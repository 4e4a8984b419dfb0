import OnnxParse
import Synchronization
import ViTKernel

/// Constants and their packed forms, for sessions whose models have weights in common.
///
/// A model and what is made of it by quantizing some of its nodes share most of their initializers:
/// with one of these for all their sessions, each weight is packed once. It keeps what it has seen
/// until it goes itself.
public final class SharedWeights: Sendable {
  let packed = WeightCache()

  private struct Key: Hashable {
    let address: UInt
    let byteCount: Int
    let elementType: ElementType
    let shape: [Int]
  }

  private let constants = Mutex<[Key: Constant]>([:])

  /// Shares nothing yet.
  public init() {}

  /// Number of packed weights.
  public var packedCount: Int { packed.count }

  /// The constant that `proto` describes: the one seen before, where its bytes are the same memory.
  ///
  /// - Throws: ``EngineError`` naming `place` where the type is unsupported or the data are not a
  ///   tensor's.
  func constant(
    _ proto: TensorProto, types: NodeTypes, place: String
  ) throws(EngineError) -> Constant {
    let constant = try Constant(proto, types: types, place: place)
    // Other payloads are converted into memory of their own at every call.
    guard case .raw = proto.payload else { return constant }
    let key = Key(
      address: constant.address, byteCount: constant.byteCount, elementType: constant.elementType,
      shape: constant.shape)
    return constants.withLock { constants in
      if let known = constants[key] { return known }
      constants[key] = constant
      return constant
    }
  }
}
