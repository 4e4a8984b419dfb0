import Quant

/// What AVX2's `vpmaddubsw` would have done to a product of uint8 activations and int8 weights, where
/// nothing is done against its saturation.
///
/// The instruction adds the products of two neighbouring steps of K in int16. This program's own
/// kernels never saturate.
public struct SaturationCount: Sendable, Equatable, Codable {
  /// Whether 7-bit weights (``QuantizationOptions/reduceRange``) would be needed there.
  public enum Need: String, Sendable, Equatable, Codable {
    /// Pairs saturated on the images.
    case observed
    /// No pair did, but activations exist with which one would.
    case possible
    /// No activations exist with which a pair would.
    case no
  }

  /// Images on which pairs were counted.
  public internal(set) var images = 0
  /// Images on which any pair saturated.
  public internal(set) var affectedImages = 0
  /// Pairs in all.
  public internal(set) var pairs = 0
  /// Pairs that saturated.
  public internal(set) var saturated = 0
  /// The node's output with saturation against that without.
  public internal(set) var error = ErrorSums()
  /// The greatest magnitude that a pair of the weights can reach: 255 times the sum of its values of
  /// one sign.
  public let largestPair: Int
  /// True where activations exist with which a pair of the weights saturates.
  public let isPossible: Bool

  enum CodingKeys: String, CodingKey {
    case images, pairs, saturated, error
    case affectedImages = "affected_images"
    case largestPair = "largest_pair"
    case isPossible = "is_possible"
  }

  /// Whether 7-bit weights would be needed.
  public var reduceRange: Need { saturated > 0 ? .observed : isPossible ? .possible : .no }

  /// Of no images yet: `weights` is [`rows`, `columns`], row-major.
  init(weights: [Int8], rows: Int, columns: Int) {
    var greatest = 0
    var least = 0
    for row in stride(from: 0, to: rows, by: 2) {
      for column in 0..<columns {
        let first = Int(weights[row * columns + column])
        let second = row + 1 < rows ? Int(weights[(row + 1) * columns + column]) : 0
        greatest = max(greatest, max(first, 0) + max(second, 0))
        least = min(least, min(first, 0) + min(second, 0))
      }
    }
    largestPair = 255 * max(greatest, -least)
    isPossible = 255 * greatest > Int(Int16.max) || 255 * least < Int(Int16.min)
  }

  /// Adds what was counted on other images.
  public mutating func merge(_ other: SaturationCount) {
    images += other.images
    affectedImages += other.affectedImages
    pairs += other.pairs
    saturated += other.saturated
    error.merge(other.error)
  }
}
