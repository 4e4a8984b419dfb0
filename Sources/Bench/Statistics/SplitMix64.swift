/// Random numbers that are the same for the same seed on every machine: SplitMix64 of Steele, Lea
/// and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that begins at `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// How many of `trials` succeed, each with the chance `numerator / denominator`.
  ///
  /// A trial succeeds where a random binary fraction is less than the chance. Bit `i` of each word
  /// is the next binary digit of trial `i`'s fraction, 64 trials at a time, and the first digit in
  /// which it differs from the chance's decides; the chance's digits are those of a long division.
  /// So the distribution is exact, and the result needs no floating point.
  ///
  /// - Precondition: `numerator` lies in 0...`denominator`, which is below 2^62.
  mutating func binomial(_ trials: Int, _ numerator: Int, of denominator: Int) -> Int {
    if numerator == 0 { return 0 }
    if numerator == denominator { return trials }
    var successes = 0
    for start in stride(from: 0, to: trials, by: 64) {
      let lanes = min(64, trials - start)
      var undecided = UInt64.max >> UInt64(64 - lanes)
      var remainder = numerator
      // A fraction that equals the chance so far, which has no more digits, is not less.
      while undecided != 0 && remainder != 0 {
        let digits = next()
        remainder *= 2
        if remainder >= denominator {
          remainder -= denominator
          successes += (undecided & ~digits).nonzeroBitCount
          undecided &= digits
        } else {
          undecided &= ~digits
        }
      }
    }
    return successes
  }
}
