#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
    guard reference.count == values.count else { return nil }
    var referenceSquares = 0.0
    var valueSquares = 0.0
    var products = 0.0
    var noiseSquares = 0.0
    var absoluteSum = 0.0
    var largest = 0.0
    for index in reference.indices {
      let expected = Double(reference[index])
      let actual = Double(values[index])
      let difference = (expected - actual).magnitude
      referenceSquares += expected * expected
      valueSquares += actual * actual
      products += expected * actual
      noiseSquares += difference * difference
      absoluteSum += difference
      largest = difference > largest || difference.isNaN ? difference : largest
    }
    let epsilon = Double.ulpOfOne
    let ratio =
      max(referenceSquares.squareRoot(), epsilon) / max(noiseSquares.squareRoot(), epsilon)
    sqnr = 20 * log10(ratio)
    cosine = Self.cosine(products, referenceSquares, valueSquares)
    maxAbsoluteError = largest
    meanAbsoluteError = reference.isEmpty ? 0 : absoluteSum / Double(reference.count)
  }

  private static func cosine(_ products: Double, _ left: Double, _ right: Double) -> Double {
    if left == 0 || right == 0 { return left == right ? 1 : 0 }
    return products / (left.squareRoot() * right.squareRoot())
  }
}
