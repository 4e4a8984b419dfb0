/// Rows under headers that sort on demand; with a text box that filters where there are many rows.
public struct DataTable: Sendable, Equatable {
  /// A column.
  public struct Column: Sendable, Equatable {
    /// The header.
    public var title: String
    /// The unit of the column's figures, which stands in the header; none where empty.
    public var unit: String
    /// How figures are written.
    public var format: NumberFormat
    /// Whether a figure has a bar behind it, as long as its share of the column's greatest.
    public var hasBars: Bool
    /// Whether figures stand at the right; texts of a text column stand at the left.
    public var isNumeric: Bool

    /// A column of texts.
    public static func text(_ title: String) -> Column {
      Column(title: title, unit: "", format: .integer, hasBars: false, isNumeric: false)
    }

    /// A column of figures.
    public static func number(
      _ title: String, unit: String = "", _ format: NumberFormat, hasBars: Bool = false
    ) -> Column {
      Column(title: title, unit: unit, format: format, hasBars: hasBars, isNumeric: true)
    }
  }

  /// What stands in a row under a column.
  public enum Cell: Sendable, Equatable {
    /// A text; in a column of figures a remark in place of one.
    case text(String)
    /// A figure. One that is not finite is shown and exported as missing.
    case number(Double)
    /// A text that leads to another place of the page.
    case link(String, Link)
    /// Nothing; sorts behind everything else.
    case missing

    /// The figure, or missing where there is none.
    public static func number(_ value: Double?) -> Cell {
      value.map(Cell.number) ?? .missing
    }

    /// The figure, or missing where there is none.
    public static func number(_ value: Int?) -> Cell {
      value.map { Cell.number(Double($0)) } ?? .missing
    }
  }

  /// A row.
  public struct Row: Sendable, Equatable {
    /// A cell for each column; those that lack are missing.
    public var cells: [Cell]
    /// Whether the row is set off from the others.
    public var isMarked: Bool

    /// A row of `cells`.
    public init(_ cells: [Cell], isMarked: Bool = false) {
      self.cells = cells
      self.isMarked = isMarked
    }
  }

  /// What the table shows: its caption.
  public var title: String
  /// The columns, of which the first names the row.
  public var columns: [Column]
  /// The rows in the order in which they stand first.
  public var rows: [Row]

  /// A table of `rows` under `columns`.
  public init(_ title: String, columns: [Column], rows: [Row] = []) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }

  /// The table as CSV: a header with units, figures in full precision, nothing where a cell is missing.
  public var csv: String {
    let header = columns.map { $0.unit.isEmpty ? $0.title : "\($0.title) (\($0.unit))" }
    let rows = rows.map { row in columns.indices.map { row.cell(at: $0).exactText } }
    return CSV.text(header: header, rows: rows)
  }
}

extension DataTable.Row {
  /// The cell of a column; missing where the row is shorter.
  func cell(at index: Int) -> DataTable.Cell {
    index < cells.count ? cells[index] : .missing
  }

  /// What stands under a column of `table`, as the page shows it.
  ///
  /// - Precondition: `index` is that of a column.
  public func text(at index: Int, of table: DataTable) -> String {
    switch cell(at: index) {
    case .text(let text), .link(let text, _): text
    case .number(let value): table.columns[index].format.text(value)
    case .missing: "–"
    }
  }
}

extension DataTable.Cell {
  fileprivate var exactText: String {
    switch self {
    case .text(let text), .link(let text, _): text
    case .number(let value): value.isFinite ? NumberFormat.exact(value) : ""
    case .missing: ""
    }
  }
}
