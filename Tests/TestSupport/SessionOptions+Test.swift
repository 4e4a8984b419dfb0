import Foundation
import ViTEngine
import ViTKernel

extension SessionOptions {
  /// The instruction set that `VITQ_ISA` forces; nil for the fastest.
  public static var forcedInstructionSet: String? {
    ProcessInfo.processInfo.environment["VITQ_ISA"]
  }

  /// Options for a test, on the instruction set that `VITQ_ISA` forces.
  public static func test(
    optimization: OptimizationLevel = .all, threads: Int? = nil,
    gemmBackend: GemmBackend = .packed
  ) -> SessionOptions {
    SessionOptions(
      optimization: optimization, threads: threads, gemmBackend: gemmBackend,
      instructionSet: forcedInstructionSet)
  }
}
