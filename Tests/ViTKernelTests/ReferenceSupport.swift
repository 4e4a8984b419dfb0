import ViTKernel

/// Whether `body` throws ``KernelError/invalid(_:)`` and nothing else.
func isInvalid<Result>(_ body: () throws -> Result) -> Bool {
  do {
    _ = try body()
    return false
  } catch KernelError.invalid {
    return true
  } catch {
    return false
  }
}

/// Whether `body` throws ``KernelError/unsupported(_:)`` and nothing else.
func isUnsupported<Result>(_ body: () throws -> Result) -> Bool {
  do {
    _ = try body()
    return false
  } catch KernelError.unsupported {
    return true
  } catch {
    return false
  }
}

/// Whether all elements differ by at most `tolerance`; NaN equals NaN, and infinity itself.
func areClose(_ a: [Float], _ b: [Float], tolerance: Float = 1e-6) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= tolerance }
}

/// 0, 1, 2, ... as int64, like `numpy.arange(n).reshape(shape)`.
func counting(_ shape: Int...) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { Int64($0) }, shape: shape)
}

/// 0, 1, 2, ... as float32.
func countingFloats(_ shape: Int...) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { Float($0) }, shape: shape)
}
