import ArgumentParser
import Bench
import Imaging
import OnnxParse

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure fp32 against quantized: speed and accuracy.",
    discussion: """
      Without MODEL: the embedded one, over its validation images. Without --op, --exclude, \
      --per-channel and --per-tensor: eight configurations, [Add, MatMul] or [Add], all five groups \
      or none excluded, per tensor or per channel. With any of them: that one configuration, the \
      rest as the preset has it.
      """)

  enum GridName: String, ExpressibleByArgument, CaseIterable {
    /// Batches 1, 4, 8; one length; short.
    case embedded
    /// Batches 1, 4, 8; lengths 32, 64, 128; 15 seconds.
    case vitBaseBeans = "vit-base-beans"
  }

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String?

  @OptionGroup(title: "Images to measure accuracy over")
  var images: ImageArguments

  @Flag(help: "Leave accuracy out.")
  var noAccuracy = false

  @OptionGroup(title: "What to quantize")
  var quantization: QuantizationArguments

  @Option(help: "What is measured, and for how long; each of the options below overrides a part.")
  var grid: GridName = .embedded

  @Option(
    help: ArgumentHelp("Images in a batch, each at least 1, such as 1,4,8.", valueName: "n,..."))
  var batchSize: CommaList<PositiveInteger>?

  @Option(
    help: ArgumentHelp(
      "Lengths of the tables; an image has none, each repeats the measurement.",
      valueName: "n,..."))
  var inputLength: CommaList<PositiveInteger>?

  @Option(help: ArgumentHelp("Seconds that each side of a cell runs for.", valueName: "s"))
  var duration: Double?

  @Option(help: ArgumentHelp("Runs before the first that counts.", valueName: "n"))
  var warmup: Int?

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  @Option(
    help: ArgumentHelp(
      "Write report.html, report.json, report.md and report.csv into this folder.",
      valueName: "dir"))
  var out: String?

  @Option(help: "How to print the report.")
  var format: ReportFormat = .text

  func validate() throws {
    if let duration, !(duration > 0 && duration <= 86400) {
      throw ValidationError("--duration must be more than 0 and at most 86400 seconds")
    }
    if let warmup, warmup < 0 { throw ValidationError("--warmup must not be negative") }
    if noAccuracy && images.images != nil {
      throw ValidationError("--images and --no-accuracy exclude each other")
    }
  }

  func run() throws {
    let location = try ModelLocation(model ?? EmbeddedModel.folder())
    if let out { try ReportFolder.prepare(out) }
    let (images, selection) = try imageSet(of: location)
    var options = BenchOptions(
      modelName: location.name, grid: measured, quantization: quantization.options(),
      session: engine.session)
    options.imageSelection = selection
    if let preprocessor = location.preprocessor {
      options.processor = try ProcessorConfig.load(path: preprocessor)
    }
    let runner = BenchRunner(
      model: try Model.open(path: location.model), images: images, options: options)
    var line = ProgressLine()
    defer { line.clear() }
    let report = try runner.run { line.show($0) }
    line.clear()
    if let out { try report.write(to: out) }
    switch format {
    case .text: try emit(report.text(), terminator: "")
    case .json: try emit(report.json(), terminator: "")
    case .markdown: try emit(report.markdown(), terminator: "")
    }
  }

  /// The images, and which of a set they are.
  private func imageSet(of location: ModelLocation) throws -> (ImageSet?, String?) {
    if noAccuracy { return (nil, nil) }
    if model != nil && images.images == nil {
      warn("accuracy is not measured without images; give --images or --no-accuracy")
      return (nil, nil)
    }
    let all = try images.load(for: location, fallback: location.folder + "validation")
    let set = try images.skipBad ? all.withoutBad() : all
    let bad = all.entries.count - set.entries.count
    let selection = [
      images.maxSamples.map { _ in
        "\(all.entries.count) drawn with seed \(images.seed ?? ImageArguments.defaultSeed)"
      }, bad > 0 ? "\(bad) passed over" : nil,
    ].compactMap(\.self)
    return (set, selection.isEmpty ? nil : selection.joined(separator: ", "))
  }

  private var measured: Grid {
    var grid: Grid = grid == .embedded ? .embedded : .vitBaseBeans
    if quantization.isOneConfiguration {
      let options = quantization.options()
      grid.configurations = [
        Configuration(
          operatorsToQuantize: options.operators.sorted { $0.rawValue < $1.rawValue },
          nodeExclusion: quantization.exclude?.elements ?? [], perChannel: options.perChannel)
      ]
    }
    if let batchSize { grid.batchSizes = batchSize.elements.map(\.value) }
    if let inputLength { grid.inputLengths = inputLength.elements.map(\.value) }
    if let duration { grid.duration = .seconds(duration) }
    if let warmup { grid.warmups = warmup }
    return grid
  }
}
