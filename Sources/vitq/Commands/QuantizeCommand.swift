import ArgumentParser
import Foundation
import OnnxParse
import Quant
import TensorIO
import ViTEngine

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Quantize a model to int8, dynamically.",
    discussion: """
      What is written runs in ONNX Runtime as well. It is loaded again and run once before it \
      takes its name; where that fails, nothing is left. Groups for --exclude: layernorm, gelu, \
      residual, gather, softmax. Patterns for nodes have * and ?, or /a regular expression/.
      """)

  @Argument(help: ArgumentHelp("The model: a file or folder.", valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("A file that ends in .onnx, or a folder.", valueName: "out"))
  var output: String?

  @OptionGroup(title: "What to quantize")
  var quantization: QuantizationArguments

  @Option(help: "The type of quantized constants.")
  var weightType: WeightType = .int8

  @Flag(help: "A zero point of their own for constants, instead of ranges around zero.")
  var asymmetric = false

  @Flag(help: "7-bit constants, for processors that add pairs of products in 16 bits.")
  var reduceRange = false

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Quantize only the nodes of this name or pattern.", valueName: "pattern"),
    transform: { try NodeSelector($0) })
  var node: [NodeSelector] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Leave nodes of this name or pattern in fp32.", valueName: "pattern"),
    transform: { try NodeSelector($0) })
  var excludeNode: [NodeSelector] = []

  @Flag(help: "Print each node with its decision and the reason; OUT may be left out.")
  var plan = false

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    if output == nil && !plan { throw ValidationError("Missing expected argument '<out>'") }
  }

  func run() throws {
    let location = try ModelLocation(input)
    let original = try Model.load(path: location.model)
    let (quantized, decisions) = try quantized(original, file: location.model)
    if plan {
      print(decisions.table())
    } else {
      decisions.warnings.forEach { progress("vitq: warning: \($0)") }
    }
    guard let output else { return }
    let target = try OutputLocation(output)
    try save(quantized, to: target)
    try copyCompanions(of: location, to: target)
    if !plan { print("\(target.model)\n" + decisions.summary.joined(separator: "\n")) }
  }

  /// Quantizes; what is wrong with the model, not with an option, is said with its file's name.
  private func quantized(
    _ model: Model, file: String
  ) throws -> (model: Model, plan: QuantizationPlan) {
    do throws(QuantizationError) {
      return try DynamicQuantizer(options: options).quantize(model)
    } catch .invalidPattern(let pattern, let reason) {
      throw QuantizationError.invalidPattern(pattern, reason: reason)
    } catch {
      throw CommandError("\(file): \(error)")
    }
  }

  private var options: QuantizationOptions {
    var options = quantization.options()
    options.weightType = weightType
    if asymmetric { options.symmetric = false }
    options.reduceRange = reduceRange
    options.includeNodes = node
    options.excludeNodes = excludeNode
    return options
  }

  /// Writes beside the target and gives the file its name only after a session has run it.
  private func save(_ model: Model, to target: OutputLocation) throws {
    let unverified = target.model + ".unverified"
    defer { try? FileManager.default.removeItem(atPath: unverified) }
    try model.save(to: unverified)
    do {
      let session = try Session(model: Model.load(path: unverified), options: engine.session)
      _ = try session.run(session.randomInputs())
    } catch {
      throw CommandError("the quantized model can't be run, so it was not kept: \(error)")
    }
    guard rename(unverified, target.model) == 0 else {
      throw CommandError("\(target.model): can't be written: \(String(cString: strerror(errno)))")
    }
  }

  private func copyCompanions(of source: ModelLocation, to target: OutputLocation) throws {
    guard target.folder != nil else { return }
    for path in [source.configuration, source.preprocessor].compactMap({ $0 }) {
      let url = URL(filePath: path)
      try target.write(try Data(contentsOf: url), as: url.lastPathComponent)
    }
  }
}
