import ArgumentParser
import Bench
import Foundation
import ViTEngine
import ViTKernel

/// Measures each kernel at the shapes of real models against what the machine can do at most.
@main
struct KernelBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-kernels",
    abstract:
      "Rates of the kernels at the shapes of ViT-Tiny to Large, and their share of the peak.",
    discussion: "VITQ_ISA forces an instruction set.")

  @Option(help: "Threads; all processors that the process may use by default.")
  var threads: Int?

  @Option(help: "Batch sizes, separated by commas.")
  var batchSize = "1,8"

  @Option(help: "Models, separated by commas.")
  var models = "tiny,small,base,large"

  @Option(help: "Only kernels and roles that contain this text, such as 'int8' or 'fc1'.")
  var filter: String?

  @Option(help: "Seconds for each kernel and shape.")
  var seconds = 0.2

  @Option(help: "Write the measurements as JSON.")
  var json: String?

  @Option(help: "Write a roofline picture as SVG.")
  var svg: String?

  private func isWanted(_ kernelCase: KernelCase) -> Bool {
    guard let filter else { return true }
    return "\(kernelCase.kernel) \(kernelCase.role)".contains(filter)
  }

  func run() throws {
    let batches = try batchSize.split(separator: ",").map { text in
      guard let batch = Int(text), batch > 0 else {
        throw ValidationError("--batch-size: '\(text)' is no number of images")
      }
      return batch
    }
    let names = models.split(separator: ",").map(String.init)
    let executor = try SessionOptions(
      threads: threads, instructionSet: ProcessInfo.processInfo.environment["VITQ_ISA"]
    ).makeExecutor()
    // Whatever else runs on the machine only slows a loop down, so the best of three is nearest.
    let peak = Peak.best(of: (0..<3).map { _ in Peak.measure(executor) })
    let machine = Machine.current(executor)
    var report = KernelReport(
      processor: machine.processor, instructionSet: machine.instructionSet,
      threads: machine.threads, float32Peak: peak.float,
      float32Instruction: peak.floatInstruction, int8Peak: peak.int8,
      int8Instruction: peak.int8Instruction,
      memoryBandwidth: MemoryBandwidth.measure(executor).reading)
    for batch in batches {
      for model in ModelShape.all(batch: batch) where names.contains(model.name) {
        let cases =
          try model.linearCases(executor) + [model.attentionCase(executor)]
          + model.elementCases(executor)
        for kernelCase in cases where isWanted(kernelCase) {
          report.rows.append(
            try Measurement(kernelCase, of: model, peak: peak, seconds: seconds))
        }
      }
    }
    print(report.markdown, terminator: "")
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      try encoder.encode(report).write(to: URL(fileURLWithPath: json), options: .atomic)
    }
    if let svg {
      try Data(Roofline(report: report).svg.utf8)
        .write(to: URL(fileURLWithPath: svg), options: .atomic)
    }
  }
}
