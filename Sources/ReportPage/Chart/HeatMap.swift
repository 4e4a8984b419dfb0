import Foundation

/// Values over rows and columns as colours, darker for more; cells without a value are hatched.
public struct HeatMap: Sendable, Equatable {
  /// How values become colours.
  public enum Scaling: Sendable, Equatable {
    /// Equal steps.
    case linear
    /// Equal ratios; values that are not above zero have the first colour.
    case logarithmic
  }

  /// What the chart shows.
  public var title: String
  /// What the colours stand for, such as `time`.
  public var quantity: String
  /// The unit of all values; none where empty.
  public var unit: String
  /// How values are written.
  public var format: NumberFormat
  /// How values become colours.
  public var scaling: Scaling
  /// Labels of the rows from top to bottom.
  public var rows: [String]
  /// Labels of the columns from left to right.
  public var columns: [String]
  /// Values by row and column; nil, not finite or lacking where there is none.
  public var values: [[Double?]]

  /// Colours for `quantity` over `rows` and `columns`.
  public init(
    _ title: String, quantity: String, unit: String = "", format: NumberFormat = .significant(3),
    scaling: Scaling = .linear, rows: [String], columns: [String], values: [[Double?]]
  ) {
    self.title = title
    self.quantity = quantity
    self.unit = unit
    self.format = format
    self.scaling = scaling
    self.rows = rows
    self.columns = columns
    self.values = values
  }
}

extension HeatMap {
  /// Colours of the style sheet, `q0` to `q8`.
  private static let levels = 9
  private static let cellHeight = 27.0

  private func value(_ row: Int, _ column: Int) -> Double? {
    guard row < values.count, column < values[row].count else { return nil }
    return values[row][column].flatMap { $0.isFinite ? $0 : nil }
  }

  private struct Layout {
    let left, top, cellWidth: Double
    /// Whether the columns' labels are.
    let isTurned: Bool
    /// Whether there is room for every value in its cell.
    let hasTexts: Bool
  }

  private var layout: Layout {
    let left = min(240, max(40, (rows.map(Lettering.width).max() ?? 0) + 14))
    let share = (Drawing.standardWidth - left - 8) / Double(max(1, columns.count))
    let cellWidth = min(104, max(30, share))
    let widest = min(160, columns.map(Lettering.width).max() ?? 0)
    let isTurned = widest > cellWidth - 6
    let texts = values.flatMap { $0 }.compactMap { $0.map(format.text) }
    return Layout(
      left: left, top: isTurned ? widest * 0.72 + 20 : 26, cellWidth: cellWidth,
      isTurned: isTurned,
      hasTexts: texts.allSatisfy { Lettering.width($0) + 4 <= cellWidth })
  }

  /// The chart as a drawing.
  ///
  /// - Parameter pattern: Id of the hatching, which is the page's own for each map.
  func drawing(pattern: String) -> Drawing {
    let layout = layout
    let range = ColourRange(values.flatMap { $0 }.compactMap { $0 }.filter(\.isFinite), scaling)
    var elements = [hatching(pattern)] + labels(layout)
    for row in rows.indices {
      for column in columns.indices {
        elements += cell(row, column, layout, range, pattern)
      }
    }
    let bottom = layout.top + Double(rows.count) * Self.cellHeight
    elements += ramp(range, x: layout.left, y: bottom + 14, pattern)
    let columnsEnd = layout.left + Double(columns.count) * layout.cellWidth
    // The last of the turned labels reaches beyond its column.
    let width = max(columnsEnd + (layout.isTurned ? 90 : 8), layout.left + 400)
    return Drawing(
      width: width, height: bottom + 52, elements: elements, summary: summary(range),
      isGrid: true)
  }

  private func hatching(_ pattern: String) -> SVGElement {
    SVGElement(
      name: "pattern",
      attributes: [
        ("id", pattern), ("width", "6"), ("height", "6"), ("patternUnits", "userSpaceOnUse"),
        ("patternTransform", "rotate(45)"),
      ],
      children: [.line(0, 0, 0, 6, class: "hatch")])
  }

  private func labels(_ layout: Layout) -> [SVGElement] {
    let rowLabels = rows.enumerated().map { index, row in
      SVGElement.label(
        Lettering.fitted(row, to: layout.left - 12), x: layout.left - 8,
        y: layout.top + (Double(index) + 0.5) * Self.cellHeight + 4, class: "label",
        anchor: "end")
    }
    let columnLabels = columns.enumerated().map { index, column in
      let x = layout.left + (Double(index) + 0.5) * layout.cellWidth
      let text = Lettering.fitted(column, to: 160)
      guard layout.isTurned else {
        return SVGElement.label(text, x: x, y: layout.top - 9, class: "label", anchor: "middle")
      }
      let place = "translate(\(SVGElement.coordinate(x)) \(SVGElement.coordinate(layout.top - 8)))"
      return SVGElement.label(
        text, x: 0, y: 0, class: "label", [("transform", place + " rotate(-45)")])
    }
    return rowLabels + columnLabels
  }

  private func cell(
    _ row: Int, _ column: Int, _ layout: Layout, _ range: ColourRange, _ pattern: String
  ) -> [SVGElement] {
    let x = layout.left + Double(column) * layout.cellWidth
    let y = layout.top + Double(row) * Self.cellHeight
    let names = [rows[row], columns[column]].joined(separator: " / ")
    guard let value = value(row, column) else {
      let fill = [("fill", "url(#\(pattern))"), tip([names, "no value"])]
      return [
        .rect(
          x: x + 1, y: y + 1, width: layout.cellWidth - 2, height: Self.cellHeight - 2,
          class: "cell none", fill)
      ]
    }
    let level = range.level(value, of: Self.levels)
    let box = SVGElement.rect(
      x: x + 1, y: y + 1, width: layout.cellWidth - 2, height: Self.cellHeight - 2,
      class: "cell q\(level)",
      [tip([names, ReportPage.quantity(value, format, unit)])])
    guard layout.hasTexts else { return [box] }
    return [
      box,
      .label(
        format.text(value), x: x + layout.cellWidth / 2, y: y + Self.cellHeight / 2 + 4,
        class: "t\(level)",
        anchor: "middle"),
    ]
  }

  /// The colours with what the first and the last stand for.
  private func ramp(_ range: ColourRange, x: Double, y: Double, _ pattern: String) -> [SVGElement] {
    var elements = (0..<Self.levels).map { level in
      SVGElement.rect(
        x: x + Double(level) * 20, y: y, width: 20, height: 12, class: "key q\(level)")
    }
    let end = x + Double(Self.levels) * 20
    let name = scaling == .linear ? quantity : "\(quantity), logarithmic"
    let title = unit.isEmpty ? name : "\(name) (\(unit))"
    elements.append(.label(format.text(range.low), x: x, y: y + 27, class: "tick"))
    elements.append(
      .label(format.text(range.high), x: end, y: y + 27, class: "tick", anchor: "end"))
    elements.append(.label(title, x: end + 10, y: y + 11, class: "title"))
    let hasMissing = rows.indices.contains { row in
      columns.indices.contains { value(row, $0) == nil }
    }
    if hasMissing {
      elements.append(
        .rect(
          x: end + 10, y: y + 17, width: 20, height: 12, class: "key none",
          [("fill", "url(#\(pattern))")]))
      elements.append(.label("no value", x: end + 36, y: y + 27, class: "tick"))
    }
    return elements
  }

  private func summary(_ range: ColourRange) -> String {
    var greatest: (value: Double, row: Int, column: Int)?
    var missing = 0
    for row in rows.indices {
      for column in columns.indices {
        guard let value = value(row, column) else {
          missing += 1
          continue
        }
        if value > greatest?.value ?? -.infinity { greatest = (value, row, column) }
      }
    }
    var text = "Heat map of \(quantity), \(rows.count) rows by \(columns.count) columns."
    if let greatest {
      text +=
        " From \(ReportPage.quantity(range.low, format, unit)) to "
        + "\(ReportPage.quantity(range.high, format, unit)), the greatest at "
        + "\(rows[greatest.row]) / \(columns[greatest.column])."
    }
    return missing > 0 ? text + " \(missing) cells have no value." : text
  }
}

/// From the first colour's value to the last one's.
private struct ColourRange {
  let low, high: Double
  let scaling: HeatMap.Scaling

  init(_ values: [Double], _ scaling: HeatMap.Scaling) {
    let usable = scaling == .linear ? values : values.filter { $0 > 0 }
    low = usable.min() ?? 0
    high = usable.max() ?? 0
    self.scaling = scaling
  }

  /// The colour of `value`, from 0 to `count - 1`.
  func level(_ value: Double, of count: Int) -> Int {
    let (a, b, v) =
      scaling == .linear
      ? (low, high, value) : (log10(low), log10(high), log10(max(value, low)))
    let part = (v - a) / (b - a)
    return part.isFinite ? min(count - 1, max(0, Int(part * Double(count)))) : 0
  }
}
