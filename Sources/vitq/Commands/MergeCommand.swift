import ArgumentParser
import Bench
import Eval
import Foundation
import Study

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the parts of an evaluation or a study that --shard ran.",
    discussion: """
      PART is a file that --shard wrote, or a folder of such files. The result is that of one run over \
      everything, times apart. Every part must be there once, and all must be of the same model, images \
      and options.
      """)

  @Argument(help: ArgumentHelp("Files, or folders of them.", valueName: "part"))
  var parts: [String]

  @Option(
    help: ArgumentHelp(
      "Write what `eval` or `study` would have written into this folder.", valueName: "dir"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Write what each model says of each image of an evaluation into this .csv or .jsonl.",
      valueName: "file"))
  var predictions: String?

  @Option(help: "How to print the report.")
  var format: ReportFormat = .text

  func validate() throws { try EvalOutput.validate(predictions) }

  func run() throws {
    let files = try parts.flatMap(Self.files)
    let parts = try files.map { try SavedPart($0) }
    if let out { try ReportFolder.prepare(out) }
    let evaluations = parts.compactMap { if case .eval(let part) = $0 { part } else { nil } }
    let studies = parts.compactMap { if case .study(let part) = $0 { part } else { nil } }
    if studies.isEmpty {
      let whole = try EvalPart.merge(zip(evaluations, files).map { (part: $0, file: $1) })
      return try EvalOutput(out: out, predictions: predictions, format: format).write(whole)
    }
    guard evaluations.isEmpty else {
      throw CommandError("these are parts of an evaluation and of a study")
    }
    guard predictions == nil else { throw CommandError("a study has no predictions") }
    let whole = try StudyPart.merge(zip(studies, files).map { (part: $0, file: $1) })
    let report = try whole.report()
    if let out { try whole.write(report, to: out) }
    switch format {
    case .text: try emit(report.text(top: StudyCommand.shownNodes), terminator: "")
    case .json: try emit(report.json(), terminator: "")
    case .markdown: try emit(report.markdown(), terminator: "")
    }
  }

  /// The file, or the parts in the folder, at `path`.
  private static func files(_ path: String) throws(CommandError) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CommandError("\(path): no such file or folder")
    }
    guard isFolder.boolValue else { return [path] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let parts = names.filter { $0.hasSuffix(".jsonl") && $0.contains("-of-") }.sorted()
    guard !parts.isEmpty else { throw CommandError("\(path): has no parts") }
    return parts.map { "\(path)/\($0)" }
  }
}

/// A file that --shard wrote, told apart by its schema.
private enum SavedPart {
  case eval(EvalPart)
  case study(StudyPart)

  init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError("\(path): can't be read")
    }
    let head = data.prefix { $0 != UInt8(ascii: "\n") }
    switch (try? JSONDecoder().decode(Head.self, from: head))?.schema {
    case EvalPart.schema: self = .eval(try EvalPart(decoding: data, file: path))
    case StudyPart.schema: self = .study(try StudyPart(decoding: data, file: path))
    case let schema:
      throw CommandError(
        "\(path): \(schema.map { "schema \($0) is not known here" } ?? "not a part of a run")")
    }
  }

  private struct Head: Decodable {
    let schema: String
  }
}
