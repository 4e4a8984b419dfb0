import ViTKernel

/// How far a result may lie from the expected one, as NumPy's `allclose` counts it:
/// `|actual - expected| <= absolute + relative * |expected|`.
///
/// NaN equals NaN, an infinity equals the same infinity; integers and bools must be equal.
public struct Tolerance: Sendable, Equatable {
  /// Allowed difference as a fraction of the expected value.
  public let relative: Double
  /// Allowed difference in the values' own unit.
  public let absolute: Double

  /// The given limits. ONNX's own test runner has 1e-3 and 1e-7; an absolute 1e-7 asks more of sums
  /// that cancel than float32 can hold.
  public init(relative: Double = 1e-3, absolute: Double = 1e-5) {
    self.relative = relative
    self.absolute = absolute
  }

  /// The tolerance, but at least `spacing` of the expected value: a float of few bits can't be nearer
  /// than its neighbours, between which the rounding of a sum may decide.
  func allowing(_ spacing: Double) -> Tolerance {
    Tolerance(relative: max(relative, spacing), absolute: absolute)
  }

  func accepts(_ actual: Double, _ expected: Double) -> Bool {
    if actual == expected || actual.isNaN && expected.isNaN { return true }
    return abs(actual - expected) <= absolute + relative * abs(expected) && expected.isFinite
  }
}
