import Glibc

/// Aligned memory that tensors share: an arena, a weight, or bytes that somebody else keeps alive.
public final class TensorStorage: @unchecked Sendable {
  // A tensor's reader and writer are ordered by whoever runs them (a session runs its steps in
  // order, and the pool's barrier orders the threads), so the class itself takes no lock.

  /// Cache line and widest vector.
  public static let alignment = 64

  let base: UnsafeMutableRawPointer
  /// What `base` was cut from; nil where the bytes belong to somebody else.
  private let allocation: UnsafeMutableRawPointer?
  /// Bytes that may be used.
  public let byteCount: Int
  /// True where the bytes belong to somebody else and must not be written.
  public let isReadOnly: Bool
  private let owner: AnyObject?

  /// Zeroed memory of `byteCount` bytes, aligned to ``alignment``.
  ///
  /// - Precondition: `byteCount >= 0`.
  public init(byteCount: Int) {
    // Kernels read whole vectors past the last element of a row, hence the slack.
    let padded = Self.aligned(byteCount) + 2 * Self.alignment
    // Large blocks of calloc come from the system already zeroed, and take no memory until they are
    // written.
    guard let allocation = calloc(padded, 1) else {
      preconditionFailure("no memory for \(byteCount) bytes")
    }
    self.allocation = allocation
    base = allocation.alignedUp(toMultipleOf: Self.alignment)
    self.byteCount = byteCount
    isReadOnly = false
    owner = nil
  }

  /// Read-only memory that `owner` keeps alive, such as a mapped file.
  ///
  /// - Precondition: `bytes` stays valid and unchanged as long as `owner` lives.
  public init(borrowing bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    // A zero-length borrow may have no address; any aligned one serves, nothing is read from it.
    base = UnsafeMutableRawPointer(
      mutating: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: Self.alignment).unsafelyUnwrapped)
    allocation = nil
    byteCount = bytes.count
    isReadOnly = true
    self.owner = owner
  }

  deinit { free(allocation) }

  /// `bytes`, rounded up to a multiple of ``alignment``.
  static func aligned(_ bytes: Int) -> Int {
    (bytes + alignment - 1) / alignment * alignment
  }
}
