/// Bars from the left, in groups under one label, with whiskers where the spread is known.
public struct BarChart: Sendable, Equatable {
  /// From where to where values spread.
  public struct Spread: Sendable, Equatable {
    /// The lower end, such as a 10th percentile.
    public var low: Double
    /// The upper end, such as a 99th percentile.
    public var high: Double

    /// The spread from `low` to `high`.
    public init(_ low: Double, _ high: Double) {
      self.low = low
      self.high = high
    }
  }

  /// The bar of one series.
  public struct Bar: Sendable, Equatable {
    /// Its length in the chart's unit; nil or not finite where there is no value, negative as zero.
    public var value: Double?
    /// The whiskers; nil where there are none.
    public var spread: Spread?

    /// A bar as long as `value`.
    public init(_ value: Double?, spread: Spread? = nil) {
      self.value = value
      self.spread = spread
    }
  }

  /// Bars under one label.
  public struct Group: Sendable, Equatable {
    /// The label.
    public var label: String
    /// A bar for each series, in their order.
    public var bars: [Bar]

    /// The `bars` of `label`.
    public init(_ label: String, _ bars: [Bar]) {
      self.label = label
      self.bars = bars
    }
  }

  /// What the chart shows.
  public var title: String
  /// What the bars measure, such as `latency`.
  public var quantity: String
  /// The unit of all values; none where empty.
  public var unit: String
  /// How values are written.
  public var format: NumberFormat
  /// What the whiskers reach from and to, such as `p10 to p99`; empty where there are none.
  public var spreadMeaning: String
  /// Names of the series.
  public var series: [String]
  /// The groups from top to bottom.
  public var groups: [Group]

  /// Bars of `quantity` for `groups`.
  public init(
    _ title: String, quantity: String, unit: String = "", format: NumberFormat = .significant(3),
    spreadMeaning: String = "", series: [String], groups: [Group]
  ) {
    self.title = title
    self.quantity = quantity
    self.unit = unit
    self.format = format
    self.spreadMeaning = spreadMeaning
    self.series = series
    self.groups = groups
  }
}

extension BarChart {
  private static let barHeight = 15.0
  private static let barStep = 18.0
  private static let groupGap = 11.0
  private static let lineHeight = 17.0
  private static let top = 8.0
  private static let valueRoom = 62.0

  private var widestLabel: Double { groups.map { Lettering.width($0.label) }.max() ?? 0 }

  /// Long labels stand above their bars and not beside them, which leaves the width to the bars.
  private var hasLabelsAbove: Bool { widestLabel > 150 }

  private var labelWidth: Double { hasLabelsAbove ? 16 : max(40, widestLabel + 14) }

  private var barsTop: Double { Self.groupGap / 2 + (hasLabelsAbove ? Self.lineHeight : 0) }

  private var groupHeight: Double {
    barsTop + Double(max(1, series.count)) * Self.barStep + Self.groupGap / 2
  }

  /// The chart as a drawing.
  func drawing() -> Drawing {
    let bottom = Self.top + Double(groups.count) * groupHeight
    let values = groups.flatMap(\.bars).flatMap { bar in
      [bar.value, bar.spread?.high].compactMap { $0 }
    }
    let right = Drawing.standardWidth - Self.valueRoom
    let scale = Scale.linear(values, fromZero: true, range: (labelWidth, right))
    var elements = axis(scale, bottom: bottom)
    for (index, group) in groups.enumerated() {
      let y = Self.top + Double(index) * groupHeight + barsTop
      elements.append(label(group, y: y))
      for (number, bar) in group.bars.prefix(series.count).enumerated() {
        elements += draw(bar, number, of: group, scale, y: y + Double(number) * Self.barStep)
      }
    }
    elements.append(.line(labelWidth, Self.top, labelWidth, bottom, class: "axis"))
    return Drawing(
      width: Drawing.standardWidth, height: bottom + 44, elements: elements, summary: summary,
      legend: legend)
  }

  private func label(_ group: Group, y: Double) -> SVGElement {
    if hasLabelsAbove {
      let text = Lettering.fitted(group.label, to: Drawing.standardWidth - Self.valueRoom)
      return .label(text, x: labelWidth + 5, y: y - 6, class: "label above")
    }
    let middle = y + Double(max(1, series.count)) * Self.barStep / 2
    return .label(group.label, x: labelWidth - 8, y: middle + 3, class: "label", anchor: "end")
  }

  private var legend: [LegendEntry] {
    let whiskers =
      spreadMeaning.isEmpty ? [] : [LegendEntry(style: "whisker-key", text: spreadMeaning)]
    if series.count < 2 { return whiskers }
    return series.enumerated().map { LegendEntry(style: seriesStyle($0), text: $1) } + whiskers
  }

  private func axis(_ scale: Scale, bottom: Double) -> [SVGElement] {
    let marks = scale.ticks.flatMap { tick in
      let x = scale.position(tick)
      return [
        SVGElement.line(x, Self.top, x, bottom, class: "grid"),
        .label(scale.label(tick), x: x, y: bottom + 17, class: "tick", anchor: "middle"),
      ]
    }
    let title = unit.isEmpty ? quantity : "\(quantity) (\(unit))"
    let middle = (scale.range.0 + scale.range.1) / 2
    return marks + [.label(title, x: middle, y: bottom + 37, class: "title", anchor: "middle")]
  }

  private func draw(
    _ bar: Bar, _ number: Int, of group: Group, _ scale: Scale, y: Double
  ) -> [SVGElement] {
    guard let value = bar.value, value.isFinite else {
      return [.label("no value", x: labelWidth + 6, y: y + 12, class: "value missing")]
    }
    let style = series.count == 1 ? seriesStyle(1) : seriesStyle(number)
    let end = scale.position(value)
    var elements = [
      SVGElement.rect(
        x: labelWidth, y: y, width: end - labelWidth, height: Self.barHeight, class: style)
    ]
    var textPlace = end
    if let spread = bar.spread, spread.low.isFinite, spread.high.isFinite {
      let (low, high) = (scale.position(spread.low), scale.position(spread.high))
      let middle = y + Self.barHeight / 2
      elements.append(.line(low, middle, high, middle, class: "whisker"))
      elements.append(.line(low, middle - 4, low, middle + 4, class: "whisker"))
      elements.append(.line(high, middle - 4, high, middle + 4, class: "whisker"))
      textPlace = max(end, high)
    }
    elements.append(.label(format.text(value), x: textPlace + 6, y: y + 12, class: "value"))
    elements.append(
      .rect(
        x: labelWidth, y: y - 1.5, width: Drawing.standardWidth - labelWidth,
        height: Self.barStep, class: "hit", [tip([group.label, text(of: bar, number)])]))
    return elements
  }

  private func text(of bar: Bar, _ number: Int) -> String {
    let value = bar.value.map { ReportPage.quantity($0, format, unit) } ?? "no value"
    let spread = bar.spread.map {
      " (\(spreadMeaning): \(format.text($0.low)) to \(format.text($0.high)))"
    }
    return (series.count > 1 ? "\(series[number]): " : "") + value + (spread ?? "")
  }

  /// All values where there are few, else the longest.
  private var summary: String {
    let shown = groups.count > 12 ? Array(groups.prefix(12)) : groups
    let parts = shown.map { group in
      let bars = group.bars.prefix(series.count).enumerated().map { text(of: $1, $0) }
      return "\(group.label): \(bars.joined(separator: ", "))"
    }
    let rest = groups.count > shown.count ? " And \(groups.count - shown.count) more." : ""
    return "Bar chart of \(quantity). " + parts.joined(separator: "; ") + "." + rest
  }
}
