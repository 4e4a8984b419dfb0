import Imaging

extension ImageSet {
  /// `limit` of the images, drawn without replacement and left in their order; all where there are no
  /// more. The same on every machine for the same seed and number of images.
  ///
  /// Each image gets the next 64 bits of ``SplitMix64``; those with the least bits are drawn.
  public func sample(_ limit: Int, seed: UInt64) -> ImageSet {
    guard limit < entries.count else { return self }
    var generator = SplitMix64(seed: seed)
    let keys = entries.indices.map { (bits: generator.next(), index: $0) }
    return keeping(
      keys.sorted { ($0.bits, $0.index) < ($1.bits, $1.index) }.prefix(limit).map(\.index).sorted())
  }
}
