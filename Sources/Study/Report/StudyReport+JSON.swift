import Foundation
import OnnxParse

extension StudyReport {
  /// What is wrong with a report that is not ``isConsistent``.
  public static let inconsistent = "speaks of variants or nodes that it does not have"

  /// True where every variant and node that the report refers to is in it; a file may say anything.
  public var isConsistent: Bool {
    let indices =
      subjects.flatMap { [$0.oneIn] + ($0.oneOut.map { [$0] } ?? []) } + ranges.map(\.variant)
      + (factorial?.runs ?? []) + [granularity.perTensor, granularity.perChannel]
    return !variants.isEmpty && indices.allSatisfy(variants.indices.contains)
      && variants.flatMap(\.nodes).allSatisfy(nodes.indices.contains)
      && factorial.map { $0.runs.count == 1 << $0.factors.count } ?? true
  }

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
      guard report.isConsistent else {
        throw StudyError.unreadable(file: path, why: inconsistent)
      }
      return report
    } catch let error as StudyError {
      throw error
    } catch {
      throw .unreadable(file: path, why: "is not the report of a study: \(error)")
    }
  }
}
