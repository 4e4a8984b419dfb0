import Foundation

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
        try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
      }
    } catch {
      throw .unwritable(file: file, why: reason(error))
    }
  }
}

/// The system's own words for a failure to write.
private func reason(_ error: any Error) -> String {
  guard let posix = (error as? CocoaError)?.underlying as? POSIXError else {
    return error.localizedDescription
  }
  return String(cString: strerror(posix.code.rawValue))
}
