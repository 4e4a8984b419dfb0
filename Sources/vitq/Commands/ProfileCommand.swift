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

  @Option(
    help: ArgumentHelp("Images in a batch; 1 where the model leaves it open.", valueName: "n"))
  var batchSize: PositiveInteger?

  @OptionGroup
  var shapes: ShapeArguments

  @Option(help: ArgumentHelp("Runs that count.", valueName: "n"))
  var runs = PositiveInteger(20)

  @Option(help: ArgumentHelp("Runs before the first that counts.", valueName: "n"))
  var warmup = 3

  @Option(help: ArgumentHelp("How many of the longest steps to list.", valueName: "n"))
  var top = 20

  @Option(help: ArgumentHelp("Write one run as a trace that Perfetto opens.", valueName: "file"))
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "Write report.html, report.json, report.md and report.csv into this folder.",
      valueName: "dir"))
  var out: String?

  @Option(help: "How to print it; JSON has all steps.")
  var format: ReportFormat = .text

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    if warmup < 0 { throw ValidationError("--warmup must not be negative") }
    if batchSize != nil && !shapes.shape.isEmpty {
      throw ValidationError("--shape and --batch-size exclude each other")
    }
    if top < 0 { throw ValidationError("--top must not be negative") }
  }

  func run() throws {
    let location = try ModelLocation(model)
    if let out { try ReportFolder.prepare(out) }
    let model = try Model.open(path: location.model)
    let shapes = try TrialShapes(
      of: model, in: location, given: shapes.shape, batchSize: batchSize?.value ?? 1)
    if let batchSize, batchSize.value != shapes.batchSize {
      throw CommandError(
        "\(location.model): the model was exported for batches of \(shapes.batchSize); it can't run "
          + "batches of \(batchSize)")
    }
    let session = try Session(model: shapes.fixing(model), options: engine.session)
    let inputs = try session.randomInputs()
    let plan = try session.prepare(inputs.mapValues(\.shape), values: inputs)
    for (name, tensor) in plan.inputs {
      inputs[name].map { tensor.copyElements(from: Reference.cast($0, to: tensor.elementType)) }
    }
    let profile = try Profile(
      plan: plan, batchSize: shapes.batchSize, threads: session.executor.pool.threadCount,
      warmups: warmup, runs: runs.value)
    let report = ProfileReport(
      profile, peak: Peak.measure(session.executor), machine: Machine.current(session.executor),
      model: summary(model, of: location, inputs.map { $0.value.shape }))
    if let out { try report.write(to: out) }
    switch format {
    case .text: try emit(report.text(longest: top), terminator: "")
    case .json: try emit(report.json(), terminator: "")
    case .markdown: try emit(report.markdown(longest: top), terminator: "")
    }
    if let trace { try WholeFile.write(Array(profile.trace().utf8), to: trace) }
  }

  /// The model under its own name; the shape is that of its input where there is one.
  private func summary(
    _ model: Model, of location: ModelLocation, _ shapes: [[Int]]
  ) -> ModelSummary {
    ModelSummary(
      name: location.name, opset: model.opset.map { Int($0) }, nodes: model.graph.nodes.count,
      inputShape: shapes.count == 1 ? shapes[0] : [])
  }
}
