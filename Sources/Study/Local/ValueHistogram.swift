/// Counts of values in 64 bins of equal width over -2^e ..< 2^e.
///
/// The range grows with the values: where one lies outside, it is doubled until all fit, and each two
/// neighbouring bins become one. Bounds of bins are multiples of powers of two, so that counts are the
/// same in whatever order and in however many parts values are added.
public struct ValueHistogram: Sendable, Equatable, Codable {
  /// Number of bins.
  public static let binCount = 64
  /// The least exponent of the range: values of zero alone leave it there.
  public static let leastExponent = -30

  /// How many values each bin has, from -2^``exponent`` on.
  public private(set) var counts = [Int](repeating: 0, count: binCount)
  /// The range is -2^exponent ..< 2^exponent.
  public private(set) var exponent = leastExponent

  /// An empty histogram.
  public init() {}

  /// Width of a bin.
  public var binWidth: Double {
    Double(sign: .plus, exponent: exponent, significand: 1) * 2 / Double(Self.binCount)
  }

  /// The range's lower bound; its upper one is as far above zero.
  public var lowerBound: Double { -Double(sign: .plus, exponent: exponent, significand: 1) }

  /// Adds finite `values`.
  public mutating func add(_ values: [Float]) {
    let largest = values.reduce(0) { max($0, Double($1.magnitude)) }
    while largest >= -lowerBound { double() }
    let width = binWidth
    for value in values {
      // Exact: the width is a power of two.
      let bin = Int((Double(value) / width).rounded(.down)) + Self.binCount / 2
      counts[bin] += 1
    }
  }

  /// Adds the counts of `other`.
  public mutating func merge(_ other: ValueHistogram) {
    var other = other
    while exponent < other.exponent { double() }
    while other.exponent < exponent { other.double() }
    for bin in counts.indices { counts[bin] += other.counts[bin] }
  }

  private mutating func double() {
    var wide = [Int](repeating: 0, count: Self.binCount)
    for (bin, count) in counts.enumerated() { wide[Self.binCount / 4 + bin / 2] += count }
    counts = wide
    exponent += 1
  }
}
