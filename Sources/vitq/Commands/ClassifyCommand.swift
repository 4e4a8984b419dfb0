import ArgumentParser
import Bench
import Eval
import Foundation
import Imaging
import OnnxParse
import ViTEngine

struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say what a model sees in images.",
    discussion: """
      Images go through one at a time, made into pixels as preprocessor_config.json beside the model \
      says; config.json names the classes. Options that say what is quantized compare as --compare does.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("Image files; - reads standard input.", valueName: "image"))
  var images: [String]

  @Option(help: ArgumentHelp("Classes to show, the best first.", valueName: "k"))
  var top = PositiveInteger(5)

  @Flag(help: ExifTranspose.help)
  var exifTranspose = false

  @Flag(help: "Show fp32 and int8 side by side.")
  var compare = false

  @OptionGroup(title: "How int8 is quantized")
  var quantization: QuantizationArguments

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  @Option(help: "How to print it.")
  var format: Format = .text

  func run() throws {
    let location = try ModelLocation(model)
    let labels = try location.labels()?.names ?? []
    let fp32 = try EvalModel(location)
    let executor = try engine.session.makeExecutor()
    let models =
      compare || quantization.isGiven
      ? [fp32, try fp32.int8(quantization.options())] : [fp32]
    let classifiers = try models.map {
      try Classifier($0, options: engine.session, executor: executor)
    }
    var results: [Classification] = []
    for (index, path) in images.enumerated() {
      let image = try image(path)
      let sides = try classifiers.map {
        try $0.answer(for: image, at: path, top: top.value).named(labels)
      }
      let result = Classification(
        path: path, classes: sides[0], int8: sides.count > 1 ? sides[1] : nil)
      results.append(result)
      if format == .text { try emit((index > 0 ? "\n" : "") + result.text, terminator: "") }
    }
    if format == .json { try emit(Self.json(results, model: location.name), terminator: "") }
  }

  private func image(_ path: String) throws -> RGBImage {
    if path != "-" { return try RGBImage.load(path: path, appliesOrientation: exifTranspose) }
    let data = try FileHandle.standardInput.readToEnd() ?? Data()
    return try RGBImage(
      decoding: [UInt8](data), file: "standard input", appliesOrientation: exifTranspose)
  }

  private static func json(_ results: [Classification], model: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = ClassificationReport(model: model, images: results)
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}

/// What `classify` says as JSON.
private struct ClassificationReport: Encodable {
  var schema = "vitq.classify/1"
  let model: String
  let images: [Classification]
}

/// What a model, and its int8 form, see in an image.
private struct Classification: Encodable {
  let path: String
  let classes: [NamedClass]
  let int8: [NamedClass]?

  var text: String {
    let sides = [classes, int8].compactMap { $0 }
    let head = int8 == nil ? [] : [["fp32", "", "int8", ""]]
    let rows = classes.indices.map { rank in
      sides.flatMap { side in
        guard rank < side.count else { return ["-", ""] }
        return [side[rank].probability.map { fixed(Double($0), 4) } ?? "-", side[rank].label]
      }
    }
    let lines = columns(head + rows, indent: 2).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    return ([path.escapingControlCharacters] + lines).joined(separator: "\n") + "\n"
  }
}
