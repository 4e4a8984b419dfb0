import Foundation

extension ProfileReport {
  /// The report as JSON, keys sorted, ending in a line feed.
  ///
  /// - Throws: `EncodingError` where a figure is not finite.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Writes `report.json`, `report.md`, `report.csv` and `report.html` into `folder`, as
  /// ``ReportFolder`` does.
  ///
  /// - Throws: ``BenchError/unwritable(file:why:)``; what ``json()`` and ``Page/html()`` throw.
  public func write(to folder: String) throws {
    try ReportFolder.write([("report.json", try json())] + forms(), to: folder)
  }

  /// The forms that are made of the JSON: Markdown, CSV and HTML.
  ///
  /// - Throws: What ``Page/html()`` throws.
  public func forms() throws -> [ReportFolder.File] {
    [
      ("report.md", markdown(longest: steps.count)), ("report.csv", csv()),
      ("report.html", try page().html()),
    ]
  }
}
