import Glibc

/// Aligned memory that tensors share: an arena, a weight, or bytes that somebody else keeps alive.
public final class TensorStorage: @unchecked Sendable {
  // A tensor's reader and writer are ordered by whoever runs them (a session runs its steps in
  // order, and the pool's barrier orders the threads), so the class itself takes no lock.

  /// Cache line and widest vector.
  public static let alignment = 64

  /// Bytes of a huge page of x86-64 and of most arm64 systems.
  private static let hugePage = 2 << 20

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
    let isLarge = byteCount >= Self.hugePage
    let alignment = isLarge ? Self.hugePage : Self.alignment
    let padded = Self.aligned(byteCount) + Self.alignment + alignment
    // Large blocks of calloc come from the system already zeroed, and take no memory until they are
    // written.
    guard let allocation = calloc(padded, 1) else {
      preconditionFailure("no memory for \(byteCount) bytes")
    }
    self.allocation = allocation
    base = allocation.alignedUp(toMultipleOf: alignment)
    if isLarge {
      // 512 times fewer page faults and entries of the TLB. Whole pages only: the last one would
      // occupy more than is used. Advice: where it is refused, nothing is lost.
      _ = madvise(base, byteCount / Self.hugePage * Self.hugePage, MADV_HUGEPAGE)
    }
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
