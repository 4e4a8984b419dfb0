import Foundation
import OnnxParse

extension BenchReport {
  /// The report as JSON, keys sorted, ending in a line feed.
  ///
  /// - Throws: `EncodingError` where a figure is not finite.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Writes `report.json` and `report.md` into `folder`, which is made where it is missing.
  ///
  /// Each file is written beside and renamed, so that a reader never sees half of it.
  ///
  /// - Throws: ``BenchError/unwritable(file:why:)``.
  public func write(to folder: String) throws(BenchError) {
    var file = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      for (name, text) in [("report.json", try json()), ("report.md", markdown())] {
        file = folder + "/" + name
        try WholeFile.write(Array(text.utf8), to: file)
      }
    } catch let error as OnnxError {
      throw .unwritable(file: file, why: reason(error))
    } catch {
      throw .unwritable(file: file, why: reason(error))
    }
  }

  /// Makes `folder` where it is missing and finds out whether files can be made in it, so that nothing is
  /// measured for a report that can't be written.
  ///
  /// - Throws: ``BenchError/unwritable(file:why:)``.
  public static func prepare(folder: String) throws(BenchError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(file: folder, why: reason(error))
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw .unwritable(file: folder, why: String(cString: strerror(errno)))
    }
  }
}

private func reason(_ error: OnnxError) -> String {
  if case .unwritable(let why) = error.kind { why } else { "\(error)" }
}

/// The system's own words for a failure to write.
private func reason(_ error: any Error) -> String {
  guard let posix = (error as? CocoaError)?.underlying as? POSIXError else {
    return error.localizedDescription
  }
  return String(cString: strerror(posix.code.rawValue))
}
