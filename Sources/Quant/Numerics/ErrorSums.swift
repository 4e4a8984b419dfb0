#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What ``ErrorMetrics`` is computed from, added up part by part where the parts of a tensor, or many
/// tensors, are not in memory together. All parts count as one vector.
public struct ErrorSums: Sendable, Equatable, Codable {
  /// Number of elements.
  public private(set) var count = 0
  /// Sum of the squares of the reference: the signal's energy.
  public private(set) var signal = 0.0
  /// Sum of the squares of the differences: the error's energy.
  public private(set) var noise = 0.0
  /// Largest difference; NaN where any is.
  public private(set) var maxAbsoluteError = 0.0
  private var valueSquares = 0.0
  private var products = 0.0
  private var absoluteSum = 0.0

  enum CodingKeys: String, CodingKey {
    case count, signal, noise, products
    case maxAbsoluteError = "max_absolute_error"
    case valueSquares = "value_squares"
    case absoluteSum = "absolute_sum"
  }

  /// The sums of no elements.
  public init() {}

  /// The sums over `reference` and `values`, element by element; nil where their counts differ.
  public init?(reference: [Float], values: [Float]) {
    guard add(reference: reference, values: values) else { return nil }
  }

  /// Adds `values` with their reference, element by element; false, and nothing added, where their
  /// counts differ.
  public mutating func add(reference: [Float], values: [Float]) -> Bool {
    guard reference.count == values.count else { return false }
    for index in reference.indices {
      let expected = Double(reference[index])
      let actual = Double(values[index])
      let difference = (expected - actual).magnitude
      signal += expected * expected
      valueSquares += actual * actual
      products += expected * actual
      noise += difference * difference
      absoluteSum += difference
      maxAbsoluteError = Self.larger(maxAbsoluteError, difference)
    }
    count += reference.count
    return true
  }

  /// Adds what `other` has added.
  public mutating func merge(_ other: ErrorSums) {
    signal += other.signal
    valueSquares += other.valueSquares
    products += other.products
    noise += other.noise
    absoluteSum += other.absoluteSum
    maxAbsoluteError = Self.larger(maxAbsoluteError, other.maxAbsoluteError)
    count += other.count
  }

  /// Energy of the error over that of the signal; 0 where there is no error.
  public var relativeEnergy: Double { noise == 0 ? 0 : noise / signal }

  /// The figures for everything added so far.
  public var metrics: ErrorMetrics {
    let epsilon = Double.ulpOfOne
    let ratio =
      max(signal.squareRoot(), epsilon) / max(noise.squareRoot(), epsilon)
    return ErrorMetrics(
      sqnr: 20 * log10(ratio), cosine: cosine, maxAbsoluteError: maxAbsoluteError,
      meanAbsoluteError: count == 0 ? 0 : absoluteSum / Double(count))
  }

  private var cosine: Double {
    if signal == 0 || valueSquares == 0 {
      return signal == valueSquares ? 1 : 0
    }
    return products / (signal.squareRoot() * valueSquares.squareRoot())
  }

  /// The greater of two; NaN where either is.
  private static func larger(_ left: Double, _ right: Double) -> Double {
    left.isNaN || right.isNaN ? .nan : max(left, right)
  }
}
