import ArgumentParser
import Bench
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
      takes its name; where that fails, what was there is still there. Groups for --exclude: \
      layernorm, gelu, residual, gather, softmax. Patterns for nodes have * and ?, or /a regular \
      expression/.
      """)

  @Argument(help: ArgumentHelp("The model: a file or folder.", valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("A file that ends in .onnx, or a folder.", valueName: "out"))
  var output: String?

  @OptionGroup(title: "What to quantize")
  var quantization: QuantizationArguments

  @Option(
    help: "The type of quantized constants: int8, the default, is symmetric by default, uint8 not.")
  var weightType: WeightType?

  @Flag(exclusivity: .exclusive)
  var symmetry: Symmetry?

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

  @Option(
    help: ArgumentHelp(
      "Do what this file says instead, which --save-plan wrote; nodes that it does not list stay in "
        + "fp32.", valueName: "file"))
  var planFile: String?

  @Option(
    help: ArgumentHelp(
      "Write what was done to each node into this file; OUT may be left out.", valueName: "file"))
  var savePlan: String?

  @Flag(help: "Print each node with its decision and the reason; OUT may be left out.")
  var plan = false

  @Flag(
    help: ArgumentHelp(
      "Write the weights into a file beside the model, OUT.onnx.data; those of more than 2 GiB go "
        + "there by themselves."))
  var externalData = false

  @OptionGroup(title: "The run that proves the result")
  var shapes: ShapeArguments

  @Flag(help: "Write the result without running it, for a model that vitq itself can't run.")
  var noRun = false

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    if output == nil && !plan && savePlan == nil {
      throw ValidationError("Missing expected argument '<out>'")
    }
    if planFile != nil && choosesNodes {
      throw ValidationError(
        "--plan-file says what is quantized and how; the options that do so exclude it")
    }
    if noRun && !shapes.shape.isEmpty {
      throw ValidationError("--shape and --no-run exclude each other")
    }
  }

  func run() throws {
    let location = try ModelLocation(input)
    let target = try output.map { output throws(CommandError) in
      try OutputLocation(output, keeping: location)
    }
    let original = try Model.open(path: location.model)
    let options = try options(for: location)
    let (quantized, decisions) = try quantized(original, options, file: location.model)
    let saved = try savePlan.map { try ($0, file(of: decisions, options, for: location)) }
    if plan {
      try emit(decisions.table())
    } else {
      decisions.warnings.forEach(warn)
    }
    if let target {
      try write(quantized, to: target, original: original, location)
      if !plan { try emit("\(target.model)\n" + decisions.outcome.joined(separator: "\n")) }
    }
    if let (path, file) = saved { try file.save(to: path) }
  }

  private func write(
    _ quantized: Model, to target: OutputLocation, original: Model, _ location: ModelLocation
  ) throws {
    if noRun {
      try quantized.save(to: target.model, externalData: policy)
    } else {
      let shapes = try TrialShapes(of: original, in: location, given: shapes.shape)
      let trial = Trial(original: original, shapes: shapes, options: engine.session)
      try quantized.save(to: target.model, externalData: policy) {
        try trial.run($0, from: location.model)
      }
    }
    try copyCompanions(of: location, to: target)
  }

  /// Quantizes; what is wrong with the model or the plan, not with an option, is said with its file's
  /// name.
  private func quantized(
    _ model: Model, _ options: QuantizationOptions, file: String
  ) throws -> (model: Model, plan: QuantizationPlan) {
    do throws(QuantizationError) {
      return try DynamicQuantizer(options: options).quantize(model)
    } catch {
      switch error {
      case .invalidPattern: throw error
      case .unknownNode, .impossibleChoice: throw CommandError("\(planFile ?? file): \(error)")
      default: throw CommandError("\(file): \(error)")
      }
    }
  }

  private var policy: ExternalDataPolicy { externalData ? .always : .automatic }

  /// True where an option says what is quantized or how.
  private var choosesNodes: Bool {
    quantization.isGiven || weightType != nil || symmetry != nil || reduceRange || !node.isEmpty
      || !excludeNode.isEmpty
  }

  private func options(for location: ModelLocation) throws -> QuantizationOptions {
    if let planFile {
      let plan = try PlanFile.load(path: planFile)
      if let digest = plan.modelDigest, try ContentDigest(file: location.model).hex != digest {
        warn("\(planFile): made for another model than \(location.model), by its SHA-256")
      }
      return plan.quantizationOptions
    }
    var options = quantization.options()
    options.weightType = weightType ?? .int8
    options.symmetric = symmetry.map { $0 == .symmetric }
    options.reduceRange = reduceRange
    options.includeNodes = node
    options.excludeNodes = excludeNode
    return options
  }

  private func file(
    of plan: QuantizationPlan, _ options: QuantizationOptions, for location: ModelLocation
  ) throws -> PlanFile {
    let digest = try ContentDigest(file: location.model)
    do throws(QuantizationError) {
      return try PlanFile(plan, options: options, modelDigest: digest.hex)
    } catch {
      throw CommandError("\(location.model): \(error), so that a plan file can't tell them apart")
    }
  }

  private func copyCompanions(of source: ModelLocation, to target: OutputLocation) throws {
    guard let folder = target.folder, !isSameFile(folder, source.folder) else { return }
    for path in [source.configuration, source.preprocessor].compactMap({ $0 }) {
      let url = URL(filePath: path)
      try target.write(try Data(contentsOf: url), as: url.lastPathComponent)
    }
  }
}

/// Whether a constant's range is the same on both sides of zero.
enum Symmetry: String, EnumerableFlag {
  case symmetric
  case asymmetric

  static func help(for value: Symmetry) -> ArgumentHelp? {
    value == .symmetric
      ? "Ranges around zero for constants."
      : "Ranges of their own for constants, with a zero point."
  }
}

/// One run of a quantized model, on noise, to prove that it can be used.
private struct Trial {
  let original: Model
  let shapes: TrialShapes
  let options: SessionOptions

  /// - Parameter source: The original's file, for messages.
  func run(_ quantized: Model, from source: String) throws(CommandError) {
    guard let fault = fault(of: quantized) else { return }
    let target = quantized.file ?? "the result"
    let place = "\(shapes)".isEmpty ? "" : " on \(shapes)"
    // A model that vitq could not run before says nothing about what was done to it.
    if let fault = self.fault(of: original) {
      throw CommandError(
        "\(target): not written, since \(source) can't be run here even as it is\(place): "
          + "\(fault); give another --shape, or --no-run to write it without a run")
    }
    throw CommandError(
      "\(target): not written, since the quantized model can't be run\(place), though "
        + "\(source) can: \(fault)")
  }

  private func fault(of model: Model) -> String? {
    var model = shapes.fixing(model)
    // Both would be named by a path that says nothing about the fault.
    model.file = nil
    do {
      let session = try Session(model: model, options: options)
      _ = try session.run(session.randomInputs())
      return nil
    } catch {
      return error.description
    }
  }
}
