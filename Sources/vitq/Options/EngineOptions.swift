import ArgumentParser
import Foundation
import ViTEngine
import ViTKernel

extension OptimizationLevel: ExpressibleByArgument {}
extension GemmBackend: ExpressibleByArgument {}

/// How models run: the options that all commands share.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads to compute with; all processors that the process may use by default.",
      valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Who multiplies float matrices.", valueName: "name"))
  var gemm: GemmBackend = SessionOptions().gemmBackend

  @Option(
    help: ArgumentHelp("How much the graph is rewritten before it runs.", valueName: "level"))
  var optimizationLevel: OptimizationLevel = SessionOptions().optimization

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// The options for a session, with the instruction set that the environment forces.
  var session: SessionOptions {
    let forced = ProcessInfo.processInfo.environment["VITQ_ISA"] ?? ""
    return SessionOptions(
      optimization: optimizationLevel, threads: threads, gemmBackend: gemm,
      instructionSet: forced.isEmpty ? nil : forced)
  }
}
