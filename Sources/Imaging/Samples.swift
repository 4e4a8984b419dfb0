/// Arrays that C functions fill.
enum Samples {
  /// `count` samples that `decode` writes all of; nil where it returns false.
  ///
  /// Memory that is not written to costs nothing, so a file that claims to be large and ends early
  /// takes no more than what it has.
  static func decoded(
    count: Int, _ decode: (UnsafeMutablePointer<UInt8>?) -> Bool
  ) -> [UInt8]? {
    var isSound = false
    let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isSound = decode(buffer.baseAddress)
      initialized = isSound ? count : 0
    }
    return isSound ? samples : nil
  }
}
