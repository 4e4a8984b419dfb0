/// A dense, row-major array of one element type: a shape over shared storage.
///
/// Copying a tensor copies no elements. Kernels write through tensors that the caller made for the
/// result, so a tensor is a view, not a value: two tensors over the same storage see each other's
/// writes.
public struct Tensor: Sendable {
  /// Type of the elements.
  public let elementType: ElementType
  /// Dimensions, outermost first; empty for a scalar.
  public let shape: [Int]
  /// Number of elements: the product of ``shape``.
  public let count: Int
  let storage: TensorStorage
  let byteOffset: Int

  /// A view of `shape` at `byteOffset` in `storage`.
  ///
  /// - Precondition: The dimensions are not negative and the elements lie within the storage.
  public init(
    _ elementType: ElementType, shape: [Int], storage: TensorStorage, byteOffset: Int = 0
  ) {
    precondition(shape.allSatisfy { $0 >= 0 })
    let count = shape.reduce(1, *)
    precondition(
      byteOffset >= 0 && byteOffset + count * elementType.byteCount <= storage.byteCount)
    self.elementType = elementType
    self.shape = shape
    self.count = count
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// A zeroed tensor of `shape` with storage of its own.
  public init(_ elementType: ElementType, shape: [Int]) {
    let bytes = shape.reduce(elementType.byteCount, *)
    self.init(elementType, shape: shape, storage: TensorStorage(byteCount: bytes))
  }

  /// A tensor of `shape` with `elements` in row-major order.
  ///
  /// - Precondition: `elements.count` is the product of `shape`.
  public init<Element: TensorElement>(_ elements: [Element], shape: [Int]) {
    self.init(Element.elementType, shape: shape)
    precondition(elements.count == count)
    _ = mutableBuffer(of: Element.self).update(fromContentsOf: elements)
  }

  /// A scalar: a tensor without dimensions.
  public init<Element: TensorElement>(scalar: Element) { self.init([scalar], shape: []) }

  /// Bytes of all elements.
  public var byteCount: Int { count * elementType.byteCount }

  /// False where the elements lie at no multiple of their size, as those of a file may: they can then
  /// be packed and copied, but not be computed with.
  public var isAligned: Bool {
    UInt(bitPattern: storage.base + byteOffset) % UInt(elementType.byteCount) == 0
  }

  /// The same elements where they are aligned: those of this tensor, or a copy.
  func aligned() -> Tensor {
    if isAligned { return self }
    let copy = Tensor(elementType, shape: shape)
    copy.copyElements(from: self)
    return copy
  }

  /// The same elements under another shape.
  ///
  /// - Precondition: `shape` has as many elements.
  public func reshaped(_ shape: [Int]) -> Tensor {
    let view = Tensor(elementType, shape: shape, storage: storage, byteOffset: byteOffset)
    precondition(view.count == count)
    return view
  }

  /// A copy of the elements in row-major order.
  ///
  /// - Precondition: `Element` is the tensor's element type.
  public func elements<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
    Array(buffer(of: type))
  }

  /// Overwrites all elements with those of `other`.
  ///
  /// - Precondition: Same element type and count; the storage is not read-only.
  public func copyElements(from other: Tensor) {
    precondition(other.elementType == elementType && other.count == count && !storage.isReadOnly)
    mutableBytes.copyMemory(from: other.bytes)
  }

  /// Calls `body` with the bytes of all elements; the pointer is valid only during the call.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes)
  }

  /// Calls `body` with the bytes of all elements, to be overwritten; valid only during the call.
  ///
  /// - Precondition: The storage is not read-only.
  public func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(!storage.isReadOnly)
    return try body(mutableBytes)
  }
}

extension Tensor {
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage.base + byteOffset, count: byteCount)
  }

  var mutableBytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: storage.base + byteOffset, count: byteCount)
  }

  func buffer<Element: TensorElement>(of type: Element.Type) -> UnsafeBufferPointer<Element> {
    precondition(elementType == type.elementType && isAligned)
    return bytes.assumingMemoryBound(to: type)
  }

  /// The elements as `type`, which has their size, whatever they stand for.
  func rawBuffer<Element: BitwiseCopyable>(of type: Element.Type) -> UnsafeBufferPointer<Element> {
    precondition(elementType.byteCount == MemoryLayout<Element>.size && isAligned)
    return bytes.assumingMemoryBound(to: type)
  }

  func rawMutableBuffer<Element: BitwiseCopyable>(
    of type: Element.Type
  ) -> UnsafeMutableBufferPointer<Element> {
    precondition(elementType.byteCount == MemoryLayout<Element>.size && !storage.isReadOnly)
    return mutableBytes.assumingMemoryBound(to: type)
  }

  func mutableBuffer<Element: TensorElement>(
    of type: Element.Type
  ) -> UnsafeMutableBufferPointer<Element> {
    precondition(elementType == type.elementType && !storage.isReadOnly)
    return mutableBytes.assumingMemoryBound(to: type)
  }
}

extension Tensor {
  /// Part of the tensor's memory as a tensor of another type and shape.
  ///
  /// - Precondition: The part lies within the tensor, `byteOffset` counted from its first element.
  public func view(_ elementType: ElementType, shape: [Int], at byteOffset: Int) -> Tensor {
    let view = Tensor(
      elementType, shape: shape, storage: storage, byteOffset: self.byteOffset + byteOffset)
    precondition(byteOffset >= 0 && byteOffset + view.byteCount <= byteCount)
    return view
  }
}
