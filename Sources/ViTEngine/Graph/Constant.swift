import OnnxParse
import Synchronization
import ViTKernel

/// Elements known before the model runs.
///
/// An object, because its identity is what the packed form of a weight is remembered by.
final class Constant: Sendable {
  /// The elements where they were found: those of a file stay where it is mapped, aligned or not. Only
  /// packing may read what is not.
  let stored: Tensor
  /// The bytes of the file; nil for what was computed.
  private let source: Bytes?
  private let copy = Mutex<Tensor?>(nil)

  init(_ tensor: Tensor) {
    stored = tensor
    source = nil
  }

  /// The constant that `proto` describes.
  ///
  /// - Parameter types: Which type its elements are computed in; those of another one are converted.
  /// - Throws: ``EngineError`` naming `place` where the type is unsupported or the data are not a
  ///   tensor's.
  init(_ proto: TensorProto, types: NodeTypes, place: String) throws(EngineError) {
    let (type, bytes) = try Tensor.content(of: proto, place: place)
    guard types.computed(type) == type else {
      stored = Reference.cast(try Tensor(proto, place: place), to: types.computed(type))
      source = nil
      return
    }
    stored = Tensor(
      type, shape: proto.dims.map { Int($0) }, storage: TensorStorage(sharing: bytes))
    source = bytes
  }

  /// The elements, aligned: copied once where they are not.
  var tensor: Tensor {
    if stored.isAligned { return stored }
    return copy.withLock { copy in
      let tensor = copy ?? stored.copy()
      copy = tensor
      return tensor
    }
  }

  /// Dimensions, outermost first.
  var shape: [Int] { stored.shape }

  /// Number of elements.
  var count: Int { stored.count }

  /// Type of the elements.
  var elementType: ElementType { stored.elementType }

  /// Lets the system take back the memory of a mapped file; what is read again, it reads again.
  func releasePages() { source?.releasePages() }
}
