/// How far a computed tensor lies from its reference.
///
/// Sums are taken in 64 bits, in the order of the elements.
public struct ErrorMetrics: Sendable, Equatable, Codable {
  /// Signal-to-quantization-noise ratio in decibels:
  /// 20 * log10(max(|r|, eps) / max(|r - x|, eps)), with Euclidean norms over all elements and eps
  /// the machine epsilon of Double, as ONNX Runtime's `compute_signal_to_quantization_noice_ratio`.
  public var sqnr: Double
  /// Cosine of the angle between the two as vectors: r.x / (|r| |x|); 1 where both are all zero,
  /// 0 where only one is.
  public var cosine: Double
  /// Largest |r[i] - x[i]|; 0 for empty tensors, NaN where any difference is.
  public var maxAbsoluteError: Double
  /// Mean of |r[i] - x[i]|; 0 for empty tensors.
  public var meanAbsoluteError: Double

  /// Compares `values` with `reference`, element by element; nil where their counts differ.
  public init?(reference: [Float], values: [Float]) {
    var sums = ErrorSums()
    guard sums.add(reference: reference, values: values) else { return nil }
    self = sums.metrics
  }

  init(sqnr: Double, cosine: Double, maxAbsoluteError: Double, meanAbsoluteError: Double) {
    self.sqnr = sqnr
    self.cosine = cosine
    self.maxAbsoluteError = maxAbsoluteError
    self.meanAbsoluteError = meanAbsoluteError
  }
}
