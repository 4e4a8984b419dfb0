import Bench
import ReportPage

extension StudyReport {
  /// Writes `report.html`, `report.json`, `report.md` and `report.csv` (every subject) into `folder`,
  /// each beside and then renamed.
  ///
  /// - Throws: ``BenchError`` where a file can't be written.
  public func write(to folder: String) throws {
    try ReportFolder.write([("report.json", try json())] + forms(), to: folder)
  }

  /// The report for people.
  ///
  /// - Throws: What ``Page/html()`` throws.
  public func forms() throws -> [ReportFolder.File] {
    [
      ("report.md", markdown()), ("report.csv", subjectTable.csv),
      ("report.html", try page().html()),
    ]
  }
}

extension TuneReport {
  /// Writes `report.html`, `report.json` and `report.md` into `folder`, each beside and then renamed.
  ///
  /// - Throws: ``BenchError`` where a file can't be written.
  public func write(to folder: String) throws {
    try ReportFolder.write([("report.json", try json())] + forms(), to: folder)
  }

  /// The report for people.
  ///
  /// - Throws: What ``Page/html()`` throws.
  public func forms() throws -> [ReportFolder.File] {
    [("report.md", markdown()), ("report.html", try page().html())]
  }
}
