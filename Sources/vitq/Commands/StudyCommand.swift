import ArgumentParser
import Bench
import Foundation
import Imaging
import OnnxParse
import Quant
import Study

extension Subject.Kind: ExpressibleByArgument {}

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "What quantizing each node, role, layer and group does.",
    discussion: """
      Quantizes each of them alone, and all but each, and says what that does to logits, answers, \
      time and size; and takes each node's own error apart. Without MODEL: the embedded one, over \
      its validation images. The reference, what "all" means, is Add and MatMul as the preset has \
      them, unless --op, --exclude or --per-tensor say otherwise. Images lie in one folder per label, \
      or side by side without labels, or are those of a .csv, .jsonl or .npz.
      """)

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("Images to study.", valueName: "path"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "The split to take: a folder in --images, or part of an array's name in an .npz.",
      valueName: "name"))
  var split: String?

  @Flag(help: SkipBad.help)
  var skipBad = false

  @Option(
    help: ArgumentHelp("Study so many of the images, evenly spread.", valueName: "n"))
  var maxImages: PositiveInteger?

  @OptionGroup(title: "The reference")
  var quantization: QuantizationArguments

  @Option(
    help: ArgumentHelp(
      "What is taken together: node, role, layer, group. Each node's own error is measured where "
        + "node is among them.", valueName: "kinds"))
  var by: CommaList<Subject.Kind>?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Study only single nodes of this name or pattern.", valueName: "pattern"),
    transform: { try NodeSelector($0) })
  var node: [NodeSelector] = []

  @Flag(help: "Run all 32 combinations of the five groups as well.")
  var factorial = false

  @Flag(help: "Leave out each node's own error.")
  var noLocal = false

  @Option(
    help: ArgumentHelp("Pairs of runs that time each variant; 0 for none.", valueName: "n"))
  var timingRuns = 20

  @Flag(help: "Say what the study would cost, and stop.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Keep the study in this folder: reports, and the logits of every variant.", valueName: "dir"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Run part I of N, and keep it in a file in --out; vitq merge joins the parts.",
      valueName: "i/n"))
  var shard: Shard?

  @Flag(help: "Go on with the study in --out after an interruption.")
  var resume = false

  @Option(help: ArgumentHelp("Single nodes to list as text, the worst first.", valueName: "n"))
  var top: PositiveInteger = PositiveInteger(Self.shownNodes)

  /// Single nodes to list where nothing else is said.
  static let shownNodes = 20

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  @Option(help: "How to print the report.")
  var format: ReportFormat = .text

  func validate() throws {
    if split != nil && images == nil { throw ValidationError("--split needs --images") }
    if resume && out == nil { throw ValidationError("--resume needs the --out of the study") }
    if shard != nil && (out == nil || resume || dryRun) {
      throw ValidationError("--shard needs --out, and excludes --resume and --dry-run")
    }
    if timingRuns < 0 { throw ValidationError("--timing-runs must not be negative") }
  }

  func run() throws {
    let location = try ModelLocation(model ?? EmbeddedModel.folder())
    let images = try imageSet(of: location)
    let options = try options(for: location)
    let runner = StudyRunner(
      model: try Model.open(path: location.model), images: images, options: options)
    var line = StudyProgressLine()
    defer { line.clear() }
    if dryRun {
      let cost = try runner.cost { line.show($0) }
      line.clear()
      return try emit(cost.text)
    }
    if let out { try ReportFolder.prepare(out) }
    let record = try runner.record(modelDigest: try ContentDigest(file: location.model))
    if let out, shard != nil {
      let part = try runner.part(record: record) { line.show($0) }
      line.clear()
      try ReportFolder.write([(part.fileName, try part.encoded())], to: out)
      return try emit("\(out)/\(part.fileName)")
    }
    let store = try out.map { try StudyStore(folder: $0, record: record, resumes: resume) }
    let report = try runner.run(record: record, store: store) { line.show($0) }
    line.clear()
    if let out { try report.write(to: out) }
    switch format {
    case .text: try emit(report.text(top: top.value), terminator: "")
    case .json: try emit(report.json(), terminator: "")
    case .markdown: try emit(report.markdown(), terminator: "")
    }
  }

  private func options(for location: ModelLocation) throws -> StudyOptions {
    var options = StudyOptions(modelName: location.name)
    let operators = options.quantization.operators
    options.quantization = quantization.options()
    if quantization.operators == nil { options.quantization.operators = operators }
    options.session = engine.session
    if let preprocessor = location.preprocessor {
      options.processor = try ProcessorConfig.load(path: preprocessor)
    }
    if let by { options.kinds = Set(by.elements) }
    options.nodes = node
    options.measuresNodes = !noLocal
    options.isFactorial = factorial
    options.imageLimit = maxImages?.value
    options.timingRuns = timingRuns
    options.shard = shard ?? .whole
    return options
  }

  private func imageSet(of location: ModelLocation) throws -> ImageSet {
    guard let path = images ?? (model == nil ? location.folder + "validation" : nil) else {
      throw CommandError("a study needs images; give --images")
    }
    let set = try ImageSet.load(path: path, labels: try location.labels(), split: split).announced
    return try skipBad ? set.withoutBad() : set.requiringUsable()
  }
}
