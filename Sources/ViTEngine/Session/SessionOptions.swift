import ViTKernel

/// How much the engine rewrites a graph before it runs it.
public enum OptimizationLevel: String, Sendable, CaseIterable {
  /// Node by node, as the file has them.
  case none
  /// Constants and shape arithmetic folded.
  case basic
  /// Patterns lowered to fused kernels as well.
  case all
}

/// Who multiplies fp32 matrices by constant weights.
public enum GemmBackend: String, Sendable, CaseIterable {
  /// OpenBLAS, cut into blocks for the pool's threads.
  case openblas
  /// Our own kernel over weights packed once; OpenBLAS where the instruction set has no such kernel.
  case packed
}
