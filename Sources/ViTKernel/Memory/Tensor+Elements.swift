extension Tensor {
  /// Calls `body` with the elements in row-major order; copies nothing.
  ///
  /// - Precondition: `Element` is the tensor's element type.
  public func withElements<Element: TensorElement, Result>(
    of type: Element.Type, _ body: (Span<Element>) -> Result
  ) -> Result {
    body(buffer(of: type).span)
  }

  /// Calls `body` with the elements in row-major order, to be overwritten.
  ///
  /// - Precondition: `Element` is the tensor's element type; the storage is not read-only.
  public func withMutableElements<Element: TensorElement>(
    of type: Element.Type, _ body: (inout MutableSpan<Element>) -> Void
  ) {
    var elements = mutableBuffer(of: type).mutableSpan
    body(&elements)
  }

  /// Overwrites all elements with the first of `value`.
  ///
  /// - Precondition: `value` has the same element type and an element; the storage is not read-only.
  public func fill(with value: Tensor) {
    precondition(value.elementType == elementType && value.count > 0)
    func fill<Element: BitwiseCopyable>(_ type: Element.Type) {
      rawMutableBuffer(of: type).update(repeating: value.rawBuffer(of: type)[0])
    }
    switch elementType.byteCount {
    case 1: fill(UInt8.self)
    case 2: fill(UInt16.self)
    case 4: fill(UInt32.self)
    default: fill(UInt64.self)
    }
  }
}
