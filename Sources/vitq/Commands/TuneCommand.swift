import ArgumentParser
import Bench
import Foundation
import Imaging
import OnnxParse
import Quant
import Study

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the fastest mixture of fp32 and int8 nodes within an accuracy budget.",
    discussion: """
      Studies each product and each Add alone, per tensor and per channel, then runs mixtures of those \
      that save time over all images. OUT gets the fastest mixture as ONNX, and beside it the plan that \
      `vitq quantize --plan-file` takes. Exit status 1 where no mixture is faster than fp32.
      """)

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("A file that ends in .onnx, or a folder.", valueName: "out"))
  var output: String?

  @Option(help: ArgumentHelp("Images to tune with.", valueName: "path"))
  var images: String

  @Option(
    help: ArgumentHelp(
      "The split to tune with: a folder in --images, or part of an array's name in an .npz. "
        + "`vitq eval --split` with --compare OUT.plan.json says what the mixture does to others.",
      valueName: "name"))
  var calibrationSplit: String?

  @Flag(help: SkipBad.help)
  var skipBad = false

  @Option(help: ArgumentHelp("Use so many of the images, evenly spread.", valueName: "n"))
  var maxImages: PositiveInteger?

  @Option(
    help: ArgumentHelp(
      "Accuracy that may be lost, in points of top-1, or without labels the share of answers that may "
        + "change; such as 0.5%.", valueName: "percent"))
  var maxDrop: Percentage = Percentage(fraction: 0.005)

  @Option(help: ArgumentHelp("Mixtures to run at most.", valueName: "n"))
  var evaluations: PositiveInteger = PositiveInteger(16)

  @Option(help: ArgumentHelp("Seconds that each side of a mixture runs for.", valueName: "s"))
  var duration = 1.0

  @Option(
    help: ArgumentHelp(
      "Write the search as HTML, JSON and Markdown into this folder.", valueName: "dir"))
  var report: String?

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  @Option(help: "How to print the report.")
  var format: ReportFormat = .text

  func validate() throws {
    if !(duration > 0 && duration <= 3600) {
      throw ValidationError("--duration must be more than 0 and at most 3600 seconds")
    }
  }

  func run() throws {
    let location = try ModelLocation(model)
    let target = try output.map { output throws(CommandError) in
      try OutputLocation(output, keeping: location)
    }
    let original = try Model.open(path: location.model)
    var options = StudyOptions(modelName: location.name)
    options.session = engine.session
    options.imageLimit = maxImages?.value
    if let preprocessor = location.preprocessor {
      options.processor = try ProcessorConfig.load(path: preprocessor)
    }
    var tuning = TuneOptions()
    tuning.maxDrop = maxDrop.fraction
    tuning.evaluations = evaluations.value
    tuning.duration = duration
    let all = try ImageSet.load(
      path: images, labels: try location.labels(), split: calibrationSplit
    ).announced
    let set = try skipBad ? all.withoutBad() : all.requiringUsable()
    let tuner = Tuner(model: original, images: set, options: options, tuning: tuning)
    if let report { try ReportFolder.prepare(report) }
    var line = StudyProgressLine()
    defer { line.clear() }
    let found = try tuner.run { line.show($0) }
    line.clear()
    if let report { try found.write(to: report) }
    if let target, found.winner != 0 {
      let quantization = found.quantization(from: options.quantization)
      let (quantized, plan) = try DynamicQuantizer(options: quantization).quantize(original)
      let expected = found.candidates[found.winner].logits
      try quantized.save(to: target.model) { written in
        guard try tuner.error(of: written) == expected else {
          throw CommandError(
            "\(target.model): not written, since it gives other logits than it should")
        }
      }
      let file = try PlanFile(
        plan, options: quantization,
        modelDigest: try ContentDigest(file: location.model).hex)
      try file.save(to: target.model + ".plan.json")
    }
    switch format {
    case .text: try emit(found.text(), terminator: "")
    case .json: try emit(found.json(), terminator: "")
    case .markdown: try emit(found.markdown(), terminator: "")
    }
    if found.winner == 0 { throw ExitCode(Status.negative) }
  }
}

/// A share, written with or without a percent sign.
struct Percentage: ExpressibleByArgument {
  let fraction: Double

  init(fraction: Double) { self.fraction = fraction }

  init?(argument: String) {
    let digits = argument.hasSuffix("%") ? String(argument.dropLast()) : argument
    guard let value = Double(digits), (0...100).contains(value) else { return nil }
    fraction = value / 100
  }

  var defaultValueDescription: String { "\((fraction * 100).formatted())%" }
}
