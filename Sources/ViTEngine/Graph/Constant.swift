import OnnxParse
import Synchronization
import ViTKernel

/// Elements known before the model runs.
///
/// An object, because its identity is what the packed form of a weight is remembered by.
final class Constant: Sendable {
  /// The elements where they were found: those of a file stay where it is mapped, aligned or not.
  private let found: Tensor
  /// The bytes of the file; nil for what was computed.
  private let source: Bytes?
  /// Type of the elements.
  let elementType: ElementType
  /// The elements in ``elementType`` and aligned, where they were not found so.
  private let copy = Mutex<Tensor?>(nil)

  init(_ tensor: Tensor) {
    found = tensor
    source = nil
    elementType = tensor.elementType
  }

  /// The constant that `proto` describes.
  ///
  /// - Parameter types: Which type its elements are computed in; those of another one are converted.
  /// - Throws: ``EngineError`` naming `place` where the type is unsupported or the data are not a
  ///   tensor's.
  init(_ proto: TensorProto, types: NodeTypes, place: String) throws(EngineError) {
    let (type, bytes) = try Tensor.content(of: proto, place: place)
    found = Tensor(
      type, shape: proto.dims.map { Int($0) }, storage: TensorStorage(sharing: bytes))
    source = bytes
    elementType = types.computed(type)
  }

  /// The elements in their type; those of a file may lie unaligned. Only packing may read what does.
  var stored: Tensor { found.elementType == elementType ? found : tensor }

  /// The elements, aligned: copied or converted once where they have to be.
  var tensor: Tensor {
    if found.elementType == elementType && found.isAligned { return found }
    return copy.withLock { copy in
      if let copy { return copy }
      let aligned = found.isAligned ? found : found.copy()
      let tensor = Reference.cast(aligned, to: elementType)
      copy = tensor
      return tensor
    }
  }

  /// Dimensions, outermost first.
  var shape: [Int] { found.shape }

  /// Number of elements.
  var count: Int { found.count }

  /// Bytes of the elements in their type.
  var byteCount: Int { count * elementType.byteCount }

  /// Where the elements were found; the same for all constants of the same memory.
  var address: UInt { found.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }

  /// Lets go of the memory that the elements take beside the file, and lets the system take back that
  /// of the mapped file; what is read again, is read and converted again.
  func releasePages() {
    guard let source else { return }
    if found.elementType != elementType { copy.withLock { $0 = nil } }
    source.releasePages()
  }
}
