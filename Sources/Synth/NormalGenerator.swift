#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Random numbers with the same values for the same seed: SplitMix64 (Steele, Lea and Flood, 2014),
/// made normal by the transform of Box and Muller (1958).
struct NormalGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// `count` values of mean `mean` and standard deviation `deviation`.
  mutating func values(_ count: Int, mean: Float = 0, deviation: Float) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for start in stride(from: 0, to: count, by: 2) {
        let pair = nextPair()
        buffer.initializeElement(at: start, to: mean + deviation * pair.0)
        if start + 1 < count {
          buffer.initializeElement(at: start + 1, to: mean + deviation * pair.1)
        }
      }
      initialized = count
    }
  }

  private mutating func nextPair() -> (Float, Float) {
    // 1 - u lies in (0, 1], so that the logarithm is finite.
    let radius = (-2 * log(1 - nextUniform())).squareRoot()
    let angle = 2 * Double.pi * nextUniform()
    return (Float(radius * cos(angle)), Float(radius * sin(angle)))
  }

  /// A value in [0, 1) with 53 random bits.
  private mutating func nextUniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return Double(bits >> 11) * 0x1p-53
  }
}
