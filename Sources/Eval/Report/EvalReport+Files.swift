import Bench
import Foundation

extension EvalReport {
  /// The report as JSON, keys sorted, ending in a line feed.
  ///
  /// - Throws: `EncodingError`.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The forms that are made of the JSON: Markdown, CSV (a row for each class) and HTML.
  ///
  /// - Throws: What ``Page/html()`` throws.
  public func forms() throws -> [ReportFolder.File] {
    [
      ("report.md", markdown()), ("report.csv", (classTable ?? summaryTable).csv),
      ("report.html", try page().html()),
    ]
  }

  /// Writes `report.json`, `report.md`, `report.csv`, `report.html` and `predictions.csv` into `folder`,
  /// as ``ReportFolder`` does.
  ///
  /// - Parameter whole: What the report was made of.
  /// - Throws: ``BenchError/unwritable(file:why:)``; what ``json()`` and ``Page/html()`` throw.
  public func write(to folder: String, with whole: EvalPart) throws {
    let predictions = ("predictions.csv", try whole.predictions(as: .csv))
    try ReportFolder.write([("report.json", try json())] + forms() + [predictions], to: folder)
  }
}
