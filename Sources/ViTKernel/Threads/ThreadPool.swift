import CKernels

/// Threads that work together on one loop at a time.
///
/// A loop that is started while the pool is busy is done by the thread that started it alone.
public final class ThreadPool: @unchecked Sendable {
  // The C pool orders its users itself; `handle` never changes.
  let handle: OpaquePointer?

  /// A pool of `threads` threads, the one that starts a loop being one of them.
  ///
  /// The pool has fewer where the system grants no more.
  ///
  /// - Precondition: `threads >= 1`.
  public init(threads: Int) {
    precondition(threads >= 1)
    handle = vitq_pool_create(threads)
  }

  deinit { vitq_pool_destroy(handle) }

  /// Number of threads, including the one that starts a loop.
  public var threadCount: Int { vitq_pool_threads(handle) }

  /// Number of processors that this process may use: affinity mask and control-group quota count.
  public static var availableProcessors: Int { vitq_available_processors() }
}
