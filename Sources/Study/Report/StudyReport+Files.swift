import Bench
import OnnxParse
import ReportPage

extension StudyReport {
  /// Writes `report.html`, `report.json`, `report.md` and `report.csv` (every subject) into `folder`,
  /// each beside and then renamed.
  ///
  /// - Throws: ``OnnxError`` where a file can't be written.
  public func write(to folder: String) throws {
    try writeFiles(
      [
        ("report.json", try json()), ("report.md", markdown()), ("report.csv", csv),
        ("report.html", try page().html()),
      ], to: folder)
  }

  /// Every subject in a row.
  private var csv: String { subjectTable.csv }
}

extension TuneReport {
  /// Writes `report.html`, `report.json` and `report.md` into `folder`, each beside and then renamed.
  ///
  /// - Throws: ``OnnxError`` where a file can't be written.
  public func write(to folder: String) throws {
    try writeFiles(
      [
        ("report.json", try json()), ("report.md", markdown()),
        ("report.html", try page().html()),
      ], to: folder)
  }
}

private func writeFiles(_ files: [(name: String, text: String)], to folder: String) throws {
  for (name, text) in files {
    try WholeFile.write(Array(text.utf8), to: folder + "/" + name)
  }
}
