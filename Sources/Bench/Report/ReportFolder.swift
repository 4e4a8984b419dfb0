import Foundation
import OnnxParse

/// The folder that the files of a report are written into.
public enum ReportFolder {
  /// A file of a report: its name in the folder, and what it holds.
  public typealias File = (name: String, text: String)

  /// Makes `folder` where it is missing and finds out whether files can be made in it, so that nothing is
  /// measured for a report that can't be written.
  ///
  /// - Throws: ``BenchError/unwritable(file:why:)``.
  public static func prepare(_ folder: String) throws(BenchError) {
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

  /// Writes `files` into `folder`, which is made where it is missing.
  ///
  /// Each file is written beside and renamed, so that a reader never sees half of it.
  ///
  /// - Throws: ``BenchError/unwritable(file:why:)``.
  public static func write(_ files: [File], to folder: String) throws(BenchError) {
    try prepare(folder)
    for file in files {
      let path = folder + "/" + file.name
      do {
        try WholeFile.write(Array(file.text.utf8), to: path)
      } catch {
        throw .unwritable(file: path, why: reason(error))
      }
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
