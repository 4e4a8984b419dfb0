import ArgumentParser
import Foundation
import OnnxParse
import ViTEngine

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a model, and what of it can't be run.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "model"))
  var model: String?

  @Flag(help: "List the operators that can be run, and the versions that changed them.")
  var operators = false

  @Option(help: "How to print it.")
  var format: Format = .text

  func validate() throws {
    if operators == (model != nil) {
      throw ValidationError("give either a <model> or --operators")
    }
  }

  func run() throws {
    if operators { try emit(Self.operatorList) }
    guard let model else { return }
    let location = try ModelLocation(model)
    let inspection = Inspection(try Model.load(path: location.model), file: location.model)
    switch format {
    case .text: try emit(inspection.text)
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      try emit(String(decoding: try encoder.encode(inspection), as: UTF8.self))
    }
  }

  private static var operatorList: String {
    let range = OperatorSupport.opsets
    let rows = OperatorSupport.operators.map { entry in
      [entry.name, entry.versions.map(String.init).joined(separator: ", ")]
    }
    let head = "ONNX opset \(range.lowerBound) to \(range.upperBound)"
    return ([head] + columns(rows, indent: 2)).joined(separator: "\n")
  }
}
