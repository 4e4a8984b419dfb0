import CKernels

extension Executor {
  /// The float kernels of the executor's instruction set.
  var float: vitq_f32_kernels { kernels.float.pointee }
}

extension KernelSet {
  /// Name of the float kernels: type, instruction set, tile.
  public var floatKernelName: String { String(cString: float.pointee.name) }
}

extension Tensor {
  /// The elements, for a kernel to read.
  var floats: UnsafePointer<Float> {
    precondition(isAligned)
    // Storage is never at address 0, even where it is empty.
    return bytes.assumingMemoryBound(to: Float.self).baseAddress.unsafelyUnwrapped
  }

  /// The elements, for a kernel to write.
  var mutableFloats: UnsafeMutablePointer<Float> {
    mutableBytes.assumingMemoryBound(to: Float.self).baseAddress.unsafelyUnwrapped
  }

  /// Throws unless the elements are float32.
  func requireFloat(_ what: StaticString) throws(KernelError) {
    try require(elementType == .float32, "\(what) must be float32, not \(elementType)")
  }

  /// Throws unless the elements are float32 and may be written.
  func requireWritableFloat(_ what: StaticString) throws(KernelError) {
    try requireFloat(what)
    try require(!storage.isReadOnly, "\(what) is read-only")
  }

  /// Throws unless this is a float32 tensor of `count` elements, or nil.
  static func requireFloats(
    _ tensor: Tensor?, count: Int, _ what: StaticString
  ) throws(KernelError) {
    guard let tensor else { return }
    try tensor.requireFloat(what)
    try require(
      tensor.count == count, "\(what) has \(tensor.count) elements instead of \(count)")
  }
}

extension Epilogue {
  /// The epilogue of a product of `rows` x `columns`, checked.
  func arguments(rows: Int, columns: Int) throws(KernelError) -> vitq_f32_epilogue {
    try Tensor.requireFloats(bias, count: columns, "the bias")
    try Tensor.requireFloats(scale, count: columns, "the scale")
    try Tensor.requireFloats(residual, count: rows * columns, "the residual")
    return vitq_f32_epilogue(
      bias: bias?.floats, row_bias: nil, activation: activation.code, scale: scale?.floats,
      residual: residual?.floats, residual_stride: columns)
  }
}
