import Bench
import Eval
import Foundation
import Study

/// A `report.json` of one of the commands that write one, told apart by its schema.
enum SavedReport {
  case bench(BenchReport)
  case eval(EvalReport)
  case profile(ProfileReport)
  case study(StudyReport)
  case tune(TuneReport)

  /// The schemas that can be read.
  private static let schemas = [
    BenchReport.schema, EvalReport.schema, ProfileReport.schema, StudyReport.schema,
    TuneReport.schema,
  ]

  /// Reads the file, or `report.json` in the folder, at `path`.
  ///
  /// - Throws: ``CommandError`` where there is none, or it is no report that this program knows.
  init(_ path: String) throws(CommandError) {
    let file = Self.file(path)
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CommandError("\(file): can't be read")
    }
    do {
      let name = try JSONDecoder().decode(Head.self, from: data).schema
      switch name {
      case BenchReport.schema:
        self = .bench(try JSONDecoder().decode(BenchReport.self, from: data))
      case EvalReport.schema:
        let report = try JSONDecoder().decode(EvalReport.self, from: data)
        guard report.isConsistent else {
          throw CommandError("\(file): speaks of classes or models that it does not have")
        }
        self = .eval(report)
      case ProfileReport.schema:
        self = .profile(try JSONDecoder().decode(ProfileReport.self, from: data))
      case StudyReport.schema:
        let report = try JSONDecoder().decode(StudyReport.self, from: data)
        guard report.isConsistent else {
          throw CommandError("\(file): \(StudyReport.inconsistent)")
        }
        self = .study(report)
      case TuneReport.schema:
        let report = try JSONDecoder().decode(TuneReport.self, from: data)
        guard report.isConsistent else {
          throw CommandError("\(file): speaks of mixtures or moves that it does not have")
        }
        self = .tune(report)
      default:
        let known = Self.schemas.joined(separator: ", ")
        throw CommandError("\(file): schema \(name.debugDescription) is not one of \(known)")
      }
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError("\(file): not a report: \(Self.reason(error))")
    }
  }

  private struct Head: Decodable {
    let schema: String
  }

  private static func file(_ path: String) -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists && isFolder.boolValue else { return path }
    return URL(filePath: path).appending(path: "report.json").path(percentEncoded: false)
  }

  /// The decoder's fault in a line.
  private static func reason(_ error: any Error) -> String {
    let context: DecodingError.Context? =
      switch error as? DecodingError {
      case .keyNotFound(_, let context), .typeMismatch(_, let context),
        .valueNotFound(_, let context), .dataCorrupted(let context):
        context
      default: nil
      }
    guard let context else { return error.localizedDescription }
    let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    let text = context.debugDescription.split(whereSeparator: \.isNewline).joined(separator: " ")
    return place.isEmpty ? text : "\(place.joined(separator: ".")): \(text)"
  }
}
