import Foundation
import OnnxParse

extension StudyReport {
  /// The report as JSON, keys in alphabetical order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Reads what ``json()`` gave.
  ///
  /// - Throws: ``StudyError`` naming `path` where the file can't be read or is something else.
  public static func load(path: String) throws(StudyError) -> StudyReport {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, why: "can't be read")
    }
    do {
      let report = try JSONDecoder().decode(StudyReport.self, from: data)
      guard report.schema == schema else {
        throw StudyError.unreadable(file: path, why: "has schema \(report.schema), not \(schema)")
      }
      return report
    } catch let error as StudyError {
      throw error
    } catch {
      throw .unreadable(file: path, why: "is not the report of a study: \(error)")
    }
  }
}
