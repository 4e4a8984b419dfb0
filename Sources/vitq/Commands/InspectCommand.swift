import ArgumentParser
import Foundation
import OnnxParse
import ViTEngine

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a model, how it would run, and what of it can't.",
    discussion: """
      Beside what the file says: the attention blocks that the engine recognises, the kernels that \
      stand for its nodes, the FLOPs of one run, and what `vitq quantize` would quantize. --nodes \
      says so of each node. Exits with 1 if something in it can't be run.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
  }

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String?

  @Flag(help: "List the operators that can be run: versions, element types, kernels.")
  var operators = false

  @Flag(help: "A line for each node: its kernel, and whether it would be quantized.")
  var nodes = false

  @Option(help: "How to print it; JSON always has all nodes, Markdown is for --operators.")
  var format: Format = .text

  @OptionGroup(title: "The run that is described")
  var shapes: ShapeArguments

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    if operators == (model != nil) {
      throw ValidationError("give either a <model> or --operators")
    }
    if format == .markdown && !operators {
      throw ValidationError("--format markdown goes with --operators")
    }
  }

  func run() throws {
    if operators { try emit(try operatorList()) }
    guard let model else { return }
    let location = try ModelLocation(model)
    var file = try Model.load(path: location.model)
    let externalFiles = try file.readExternalData()
    let functions = file.functions.count
    try file.inlineFunctions()
    let trial = try TrialShapes(of: file, in: location, given: shapes.shape)
    let inspection = try Inspection(
      file, file: location.model, externalFiles: externalFiles, functions: functions,
      shapes: trial, options: engine.session)
    switch format {
    case .json: try emit(try Self.json(inspection))
    default: try emit(inspection.text(everyNode: nodes))
    }
    if inspection.execution == nil { throw ExitCode(Status.negative) }
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private func operatorList() throws -> String {
    let range = OperatorSupport.opsets
    let operators = OperatorSupport.operators
    let head = ["operator", "domain", "versions", "element types", "kernel"]
    let rows = operators.map { entry in
      [
        entry.name, entry.domain, entry.versions.map(String.init).joined(separator: ", "),
        entry.types, entry.kernel,
      ]
    }
    switch format {
    case .text:
      return
        (["ONNX opset \(range.lowerBound) to \(range.upperBound)"]
        + columns([head] + rows, indent: 2)).joined(separator: "\n")
    case .json: return try Self.json(operators)
    case .markdown:
      let lines = [head, head.map { _ in "---" }] + rows
      return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
  }
}
