import Foundation
import ReportPage

/// Two reports of one kind side by side: before and after a change, or two machines.
public struct ReportComparison: Sendable {
  /// What is compared.
  let title: String
  /// What A and B stand for.
  let names: (a: String, b: String)
  /// What both were measured with.
  let facts: DataTable
  /// Names of what differs between the two and has an influence on their figures.
  let differences: [String]
  let keyFigures: [KeyFigure]
  let charts: [Block]
  /// The figures side by side.
  let tables: [DataTable]
  /// The one of them that has them all.
  let exported: DataTable
  /// What was measured in one of the two only.
  let unmatched: [String]
  /// What the figures of a row say.
  var meaning = "Ratios are A's time over B's: above 1, B is that many times as fast."

  /// The comparison as a page.
  public func page() -> Page {
    let overview: [Block] =
      warnings.map { .warning($0) } + [.keyFigures(keyFigures), .note(meaning), .table(facts)]
    return Page(
      title: title, subtitle: "A: \(names.a)\nB: \(names.b)",
      sections: [Section("Overview", overview)]
        + (charts.isEmpty ? [] : [Section("Charts", charts)])
        + [Section("Tables", tables.map { .table($0) })])
  }

  /// The comparison for a terminal.
  public func text() -> String {
    let tables = ([facts] + tables).map { "\($0.title)\n\(Table($0).plain)" }
    return (head + tables).joined(separator: "\n")
  }

  /// The comparison in Markdown.
  public func markdown() -> String {
    let tables = ([facts] + tables).map {
      "## \($0.title)\n\n\(Table($0, escaping: true).markdown)"
    }
    return (["# \(title)\n"] + head + tables).joined(separator: "\n")
  }

  /// A row for each pair of figures.
  public func csv() -> String { exported.csv }

  /// The files of the comparison, under names that leave a report in the same folder alone.
  ///
  /// - Throws: What ``Page/html()`` throws.
  public func forms() throws -> [ReportFolder.File] {
    [
      ("comparison.md", markdown()), ("comparison.csv", csv()),
      ("comparison.html", try page().html()),
    ]
  }

  private var head: [String] {
    ["A: \(names.a)\nB: \(names.b)\n\(meaning)\n"] + warnings.map { "warning: \($0)\n" }
  }

  /// What stands in the way of a comparison.
  var warnings: [String] {
    let different =
      differences.isEmpty
      ? [] : ["A and B differ in more than their times: \(differences.joined(separator: ", "))."]
    let lone =
      unmatched.isEmpty
      ? [] : ["Measured in one of the two only: \(unmatched.joined(separator: "; "))."]
    return different + lone
  }
}

extension ReportComparison {
  package init(
    title: String, names: (a: String, b: String), facts: DataTable, differences: [String],
    meaning: String, keyFigures: [KeyFigure], tables: [DataTable], exported: DataTable,
    unmatched: [String]
  ) {
    self.title = title
    self.names = names
    self.facts = facts
    self.differences = differences
    self.meaning = meaning
    self.keyFigures = keyFigures
    charts = []
    self.tables = tables
    self.exported = exported
    self.unmatched = unmatched
  }

  /// A row for each fact, marked where A and B differ, and the names of those.
  package static func sideBySide(
    _ groups: [(name: String, a: [Fact], b: [Fact])]
  ) -> (facts: DataTable, differences: [String]) {
    var rows: [DataTable.Row] = []
    var differences: [String] = []
    for group in groups {
      let names = distinct((group.a + group.b).map(\.name))
      for name in names {
        let a = group.a.first { $0.name == name }?.value
        let b = group.b.first { $0.name == name }?.value
        let fullName = "\(group.name): \(name)"
        rows.append(
          DataTable.Row(
            [.text(fullName), .text(a ?? "–"), .text(b ?? "–")], isMarked: a != b))
        if a != b { differences.append(fullName) }
      }
    }
    let columns: [DataTable.Column] = [.text("what"), .text("A"), .text("B")]
    return (DataTable("What was measured", columns: columns, rows: rows), differences)
  }

  /// The geometric mean of ratios that are positive numbers; nil where there are none.
  static func mean(_ ratios: [Double]) -> Double? {
    let logarithms = ratios.filter { $0 > 0 && $0.isFinite }.map { log2($0) }
    return logarithms.isEmpty
      ? nil : exp2(logarithms.reduce(0, +) / Double(logarithms.count))
  }
}

/// The members of both lists that have the same key, in the order of `a`; of several with one key the
/// first goes with the first, and so on. Those without a partner are left over.
func paired<Element, Key: Hashable>(
  _ a: [Element], _ b: [Element], by key: (Element) -> Key
) -> (pairs: [(a: Element, b: Element)], onlyA: [Element], onlyB: [Element]) {
  var rest: [Key: [Int]] = [:]
  for (index, element) in b.enumerated().reversed() {
    rest[key(element), default: []].append(index)
  }
  var pairs: [(a: Element, b: Element)] = []
  var onlyA: [Element] = []
  var taken: Set<Int> = []
  for element in a {
    if let partner = rest[key(element)]?.popLast() {
      taken.insert(partner)
      pairs.append((element, b[partner]))
    } else {
      onlyA.append(element)
    }
  }
  return (pairs, onlyA, b.indices.filter { !taken.contains($0) }.map { b[$0] })
}

extension Table {
  /// The cells of `table` as a page shows them.
  ///
  /// - Parameter escaping: Whether bars are escaped, as Markdown needs it.
  package init(_ table: DataTable, escaping: Bool = false) {
    func text(_ text: String) -> String {
      let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
      return escaping ? line.replacing("|", with: "\\|") : line
    }
    let columns = table.columns.map { column in
      Column(
        header: text(column.unit.isEmpty ? column.title : "\(column.title) \(column.unit)"),
        alignment: column.isNumeric ? .right : .left)
    }
    self.init(
      blocks: [columns],
      rows: table.rows.map { row in
        [table.columns.indices.map { text(row.text(at: $0, of: table)) }]
      })
  }
}
