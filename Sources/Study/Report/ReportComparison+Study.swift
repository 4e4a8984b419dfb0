import Bench
import ReportPage

extension ReportComparison {
  /// Two studies: of each subject that both have, the error and the time when it alone is quantized.
  ///
  /// - Parameter names: What to call them, such as their folders.
  public init(_ a: StudyReport, _ b: StudyReport, names: (a: String, b: String)) {
    let (facts, differences) = Self.sideBySide([
      ("machine", a.machine.facts, b.machine.facts), ("model", a.model.facts, b.model.facts),
      ("study", a.record.facts, b.record.facts),
    ])
    let keys = { (report: SubjectReport) in "\(report.subject.kind) \(report.subject.name)" }
    let partners = Dictionary(
      b.subjects.map { (keys($0), $0) }, uniquingKeysWith: { first, _ in first })
    let pairs = a.subjects.compactMap { own in partners[keys(own)].map { (own, $0) } }
    let known = Set(pairs.map { keys($0.0) })
    let table = Self.subjectTable(pairs.map { (a.oneIn($0), b.oneIn($1), $0) })
    self.init(
      title: "\(a.model.name): two studies", names: names, facts: facts, differences: differences,
      meaning: "Of each subject quantized alone, and of everything at once: B less A.",
      keyFigures: [
        KeyFigure(
          "SQNR, all quantized",
          "\(StudyReport.decibels(a.all.logits.sqnr)) and \(StudyReport.decibels(b.all.logits.sqnr))",
          remark: "A and B"),
        KeyFigure("subjects in both", "\(pairs.count)"),
      ],
      tables: [Self.overview(a, b), table], exported: table,
      unmatched: (a.subjects + b.subjects).map(keys).filter { !known.contains($0) })
  }

  private static let columns: [DataTable.Column] = [
    .number("A: SQNR", unit: "dB", .fixed(1)), .number("B: SQNR", unit: "dB", .fixed(1)),
    .number("B - A", unit: "dB", .signed(2)), .number("A: changed", .integer),
    .number("B: changed", .integer), .number("A: time", unit: "us", .signed(1)),
    .number("B: time", unit: "us", .signed(1)),
  ]

  private static func cells(_ a: VariantReport, _ b: VariantReport) -> [DataTable.Cell] {
    let difference = a.logits.sqnr.flatMap { first in b.logits.sqnr.map { $0 - first } }
    return [
      .number(a.logits.sqnr), .number(b.logits.sqnr), .number(difference),
      .number(a.logits.changed), .number(b.logits.changed), .number(a.timing?.difference),
      .number(b.timing?.difference),
    ]
  }

  private static func overview(_ a: StudyReport, _ b: StudyReport) -> DataTable {
    let rows = [
      ("all of the reference", a.all, b.all),
      (
        "one scale to a tensor", a.variants[a.granularity.perTensor],
        b.variants[b.granularity.perTensor]
      ),
      (
        "one scale to a column", a.variants[a.granularity.perChannel],
        b.variants[b.granularity.perChannel]
      ),
    ]
    return DataTable(
      "Everything at once", columns: [.text("quantized")] + columns,
      rows: rows.map { .init([.text($0)] + cells($1, $2)) })
  }

  private static func subjectTable(
    _ pairs: [(a: VariantReport, b: VariantReport, subject: SubjectReport)]
  ) -> DataTable {
    DataTable(
      "Subjects", columns: [.text("what"), .text("kind"), .text("role, layer")] + columns,
      rows: pairs.map { a, b, report in
        .init(
          [
            .text(report.subject.name), .text(report.subject.kind.rawValue),
            .text(report.subject.placeText),
          ] + cells(a, b))
      })
  }
}

extension StudyRecord {
  /// What was studied, for a page.
  var facts: [Fact] {
    let groups = excludedGroups.map(\.rawValue).joined(separator: ", ")
    return [
      Fact("model SHA-256", modelDigest.hex), Fact("images", "\(imageCount)"),
      Fact("images SHA-256", imagesDigest.hex), Fact("preset", preset),
      Fact("operators", operators.map(\.rawValue).joined(separator: ", ")),
      Fact("left in fp32", groups.isEmpty ? "none" : groups),
      Fact("scales", perChannel ? "per channel" : "per tensor"), Fact("range of", range.rawValue),
      Fact("optimization level", optimizationLevel),
    ]
  }
}
