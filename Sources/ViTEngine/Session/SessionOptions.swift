import ViTKernel

/// How much the engine rewrites a graph before it runs it.
public enum OptimizationLevel: String, Sendable, CaseIterable {
  /// Node by node, as the file has them; only shape arithmetic is computed beforehand.
  case none
  /// All that depends on no input is computed beforehand, and nodes that do nothing are dropped.
  case basic
  /// Patterns are lowered to fused kernels as well.
  case all
}

/// How a session compiles and runs its model.
public struct SessionOptions: Sendable {
  /// How much the graph is rewritten.
  public var optimization: OptimizationLevel
  /// Threads to compute with; nil for as many as the process may use processors.
  public var threads: Int?
  /// Who multiplies float matrices.
  public var gemmBackend: GemmBackend
  /// Name of the instruction set to run (what `VITQ_ISA` says); nil for the fastest.
  public var instructionSet: String?
  /// Bytes that the values of one run may take, the caller's copies of inputs and outputs among
  /// them; nil for half of what the system lets the process have.
  public var memoryLimit: Int?

  /// The engine's own choice everywhere.
  public init(
    optimization: OptimizationLevel = .all, threads: Int? = nil,
    gemmBackend: GemmBackend = .packed, instructionSet: String? = nil, memoryLimit: Int? = nil
  ) {
    self.optimization = optimization
    self.threads = threads
    self.gemmBackend = gemmBackend
    self.instructionSet = instructionSet
    self.memoryLimit = memoryLimit
  }

  /// ``memoryLimit`` in bytes.
  var byteLimit: Int { memoryLimit ?? SystemMemory.byteLimit / 2 }

  /// The kernels and threads that the options ask for.
  ///
  /// - Throws: ``EngineError`` where the instruction set is unknown or can't be run here, or the
  ///   number of threads is not positive.
  public func makeExecutor() throws(EngineError) -> Executor {
    let threads = threads ?? ThreadPool.availableProcessors
    guard threads >= 1 else { throw EngineError(.input("\(threads) threads; at least 1")) }
    do {
      let kernels = try KernelSet.select(forced: instructionSet)
      return Executor(
        kernels: kernels, pool: ThreadPool(threads: threads), gemmBackend: gemmBackend)
    } catch {
      throw EngineError(.input(error.description))
    }
  }
}
