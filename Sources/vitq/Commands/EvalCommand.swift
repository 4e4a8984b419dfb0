import ArgumentParser
import Bench
import Eval
import Imaging
import OnnxParse
import ViTKernel

extension PredictionFormat {
  /// The format of the file at `path`, by its name.
  init?(path: String) {
    self.init(rawValue: path.split(separator: ".").last.map { $0.lowercased() } ?? "")
  }
}

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "How good a model's answers are over labelled images, and another's beside them.",
    discussion: """
      Without MODEL: the embedded one, over its validation images. Labels are names of classes or \
      ids, as config.json has them. With --shard only a part of the images is run and kept in a file in \
      --out; `vitq merge` makes the report of all parts.
      """)

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String?

  @OptionGroup(title: "Images")
  var images: ImageArguments

  @OptionGroup(title: "What to compare with")
  var candidate: CandidateArguments

  @Option(
    help: ArgumentHelp(
      "Images in a batch; 1 by default, since an int8 model's answer to an image depends on its batch.",
      valueName: "n"))
  var batchSize: PositiveInteger?

  @Option(
    help: ArgumentHelp(
      "Threads that decode images and make pixels of them meanwhile; by default half as many as there "
        + "are processors.", valueName: "n"))
  var loaders: PositiveInteger?

  private static let loaderLimit = 1024

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  @Option(help: ArgumentHelp("Run part I of N, and keep it in --out.", valueName: "i/n"))
  var shard: Shard?

  @Option(
    help: ArgumentHelp(
      "Write what each model says of each image into this .csv or .jsonl.", valueName: "file"))
  var predictions: String?

  @Option(
    help: ArgumentHelp(
      "Write report.html, report.json, report.md, report.csv and predictions.csv into this folder.",
      valueName: "dir"))
  var out: String?

  @Option(help: "How to print the report.")
  var format: ReportFormat = .text

  func validate() throws {
    if shard != nil && out == nil { throw ValidationError("--shard needs --out, for its part") }
    if shard != nil && predictions != nil {
      throw ValidationError("the predictions of parts are written by vitq merge --predictions")
    }
    if let loaders, loaders.value > Self.loaderLimit {
      throw ValidationError("--loaders is at most \(Self.loaderLimit)")
    }
    try EvalOutput.validate(predictions)
  }

  func run() throws {
    let location = try ModelLocation(model ?? EmbeddedModel.folder())
    if model != nil && images.images == nil {
      throw CommandError("an evaluation needs images; give --images")
    }
    if let out { try ReportFolder.prepare(out) }
    let baseline = try EvalModel(location)
    let runner = EvalRunner(
      model: baseline, candidate: try candidate.candidate(of: baseline, at: location),
      images: try images.load(for: location, fallback: location.folder + "validation"),
      labels: try location.labels(), options: options)
    var line = EvalProgressLine()
    defer { line.clear() }
    let part = try runner.run { line.show($0) }
    line.clear()
    if let out, shard != nil {
      try ReportFolder.write([(part.fileName, try part.encoded())], to: out)
      return try emit("\(out)/\(part.fileName)")
    }
    try EvalOutput(out: out, predictions: predictions, format: format).write(part)
  }

  private var options: EvalOptions {
    var options = EvalOptions()
    options.session = engine.session
    options.batchSize = batchSize?.value
    options.loaders = loaders?.value ?? max(1, ThreadPool.availableProcessors / 2)
    options.skipsBad = images.skipBad
    options.shard = shard ?? .whole
    options.sample = images.maxSamples.map {
      ImageSample(limit: $0.value, seed: images.seed ?? ImageArguments.defaultSeed)
    }
    return options
  }
}
