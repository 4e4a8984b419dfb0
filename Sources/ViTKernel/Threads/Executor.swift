import CBLAS
import CKernels

/// Who multiplies float matrices.
public enum GemmBackend: String, Sendable, CaseIterable {
  /// The kernels of this library, over weights that are packed once.
  case packed
  /// OpenBLAS, single-threaded on each of the pool's threads.
  case openBLAS = "openblas"
}

/// Where operators run: with which kernels and on which threads.
///
/// Operators are methods in extensions. Each writes into a tensor that the caller made, allocates
/// nothing, and gives the same bits whatever the number of threads.
public struct Executor: Sendable {
  /// Kernels of one instruction set.
  public let kernels: KernelSet
  /// Threads that share the work.
  public let pool: ThreadPool
  /// Who multiplies float matrices.
  public let gemmBackend: GemmBackend

  /// An executor that runs `kernels` on the threads of `pool`.
  public init(kernels: KernelSet, pool: ThreadPool, gemmBackend: GemmBackend = .packed) {
    // Before the first product: OpenBLAS would start threads of its own beside the pool's.
    openblas_set_num_threads(1)
    self.kernels = kernels
    self.pool = pool
    self.gemmBackend = gemmBackend
  }

  /// Calls `task` on pieces of `grain` items of `0..<count`, on all threads of the pool.
  func parallel<Arguments>(
    _ count: Int, grain: Int = 1, _ task: vitq_task, _ arguments: Arguments
  ) {
    withUnsafePointer(to: arguments) { vitq_pool_run(pool.handle, count, grain, task, $0) }
  }
}

func require(
  _ condition: Bool, _ why: @autoclosure () -> String
) throws(KernelError) {
  if !condition { throw .invalid(why()) }
}
