import ArgumentParser
import Bench
import Foundation
import OnnxParse
import TensorIO
import ViTEngine
import ViTKernel

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time goes: by kernel, and by the model's own nodes.",
    discussion: """
      Runs the model on random inputs. Each step is one kernel, named by the nodes that it stands \
      for; steps are timed one by one, the whole run apart from them.
      """)

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("Images in a batch.", valueName: "n"))
  var batchSize = PositiveInteger(1)

  @Option(help: ArgumentHelp("Runs that count.", valueName: "n"))
  var runs = PositiveInteger(20)

  @Option(help: ArgumentHelp("Runs before the first that counts.", valueName: "n"))
  var warmup = 3

  @Option(help: ArgumentHelp("How many of the longest steps to list.", valueName: "n"))
  var top = 20

  @Option(help: ArgumentHelp("Write one run as a trace that Perfetto opens.", valueName: "file"))
  var trace: String?

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    if warmup < 0 { throw ValidationError("--warmup must not be negative") }
    if top < 0 { throw ValidationError("--top must not be negative") }
  }

  func run() throws {
    let location = try ModelLocation(model)
    let session = try Session(model: try Model.load(path: location.model), options: engine.session)
    let inputs = try session.randomInputs(batchSize: batchSize.value)
    let plan = try session.prepare(inputs.mapValues(\.shape), values: inputs)
    for (name, tensor) in plan.inputs { inputs[name].map { tensor.copyElements(from: $0) } }
    let profile = try Profile(
      plan: plan, batchSize: batchSize.value, threads: session.executor.pool.threadCount,
      warmups: warmup, runs: runs.value)
    let peak = Peak.measure(session.executor)
    print(profile.text(peak: peak, longest: top), terminator: "")
    if let trace { try write(profile.trace(), to: trace) }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw CommandError("\(path): can't be written: \(error.localizedDescription)")
    }
  }
}
