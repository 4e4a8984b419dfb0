#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What ``ErrorMetrics`` is computed from, added up part by part where the parts of a tensor, or many
/// tensors, are not in memory together. All parts count as one vector.
public struct ErrorSums: Sendable, Equatable {
  private var referenceSquares = 0.0
  private var valueSquares = 0.0
  private var products = 0.0
  private var noiseSquares = 0.0
  private var absoluteSum = 0.0
  private var largest = 0.0
  private var count = 0

  /// The sums of no elements.
  public init() {}

  /// Adds `values` with their reference, element by element; false, and nothing added, where their
  /// counts differ.
  public mutating func add(reference: [Float], values: [Float]) -> Bool {
    guard reference.count == values.count else { return false }
    for index in reference.indices {
      let expected = Double(reference[index])
      let actual = Double(values[index])
      let difference = (expected - actual).magnitude
      referenceSquares += expected * expected
      valueSquares += actual * actual
      products += expected * actual
      noiseSquares += difference * difference
      absoluteSum += difference
      largest = Self.larger(largest, difference)
    }
    count += reference.count
    return true
  }

  /// Adds what `other` has added.
  public mutating func merge(_ other: ErrorSums) {
    referenceSquares += other.referenceSquares
    valueSquares += other.valueSquares
    products += other.products
    noiseSquares += other.noiseSquares
    absoluteSum += other.absoluteSum
    largest = Self.larger(largest, other.largest)
    count += other.count
  }

  /// The figures for everything added so far.
  public var metrics: ErrorMetrics {
    let epsilon = Double.ulpOfOne
    let ratio =
      max(referenceSquares.squareRoot(), epsilon) / max(noiseSquares.squareRoot(), epsilon)
    return ErrorMetrics(
      sqnr: 20 * log10(ratio), cosine: cosine, maxAbsoluteError: largest,
      meanAbsoluteError: count == 0 ? 0 : absoluteSum / Double(count))
  }

  private var cosine: Double {
    if referenceSquares == 0 || valueSquares == 0 {
      return referenceSquares == valueSquares ? 1 : 0
    }
    return products / (referenceSquares.squareRoot() * valueSquares.squareRoot())
  }

  /// The greater of two; NaN where either is.
  private static func larger(_ left: Double, _ right: Double) -> Double {
    left.isNaN || right.isNaN ? .nan : max(left, right)
  }
}
