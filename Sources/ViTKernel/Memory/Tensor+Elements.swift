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
    func fill<Element: TensorElement>(_ type: Element.Type) {
      mutableBuffer(of: type).update(repeating: value.buffer(of: type)[0])
    }
    switch elementType {
    case .float32: fill(Float.self)
    case .float64: fill(Double.self)
    case .int8: fill(Int8.self)
    case .uint8: fill(UInt8.self)
    case .int32: fill(Int32.self)
    case .int64: fill(Int64.self)
    case .bool: fill(Bool.self)
    }
  }
}
