/// Values over an axis of numbers, joined by lines.
public struct LineChart: Sendable, Equatable {
  /// A value.
  public struct Point: Sendable, Equatable {
    /// Place on the horizontal axis.
    public var x: Double
    /// The value.
    public var y: Double

    /// The value `y` at `x`. One that is not finite is left out.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// The values of one line.
  public struct Series: Sendable, Equatable {
    /// What the line stands for.
    public var name: String
    /// The values, ascending by place.
    public var points: [Point]

    /// The `points` of `name`.
    public init(_ name: String, _ points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// What the chart shows.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The lines.
  public var series: [Series]

  /// Lines of `series` over `x` and `y`.
  public init(_ title: String, x: Axis, y: Axis, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
  }
}

extension LineChart {
  /// The chart as a drawing.
  func drawing() -> Drawing {
    let shown = series.map { $0.points.filter { x.canShow($0.x) && y.canShow($0.y) } }
    let all = shown.flatMap { $0 }
    let area = PlotArea(
      x: x.scale(all.map(\.x), range: PlotArea.horizontal),
      y: y.scale(all.map(\.y), range: PlotArea.vertical))
    var elements = area.frame(xTitle: x.fullTitle, yTitle: y.fullTitle)
    elements += area.references(x.reference, y.reference)
    for (index, points) in shown.enumerated() where points.count > 1 {
      let path = points.map { (x: area.x.position($0.x), y: area.y.position($0.y)) }
      elements.append(
        .path(SVGElement.pathData(path), class: "curve c\(index % 6) dash\(index % 3)"))
    }
    for (index, points) in shown.enumerated() {
      elements += points.map { mark($0, index, isSmall: all.count > 60, area) }
    }
    return Drawing(
      width: PlotArea.width, height: PlotArea.height, elements: elements, summary: summary(shown),
      legend: series.count > 1
        ? series.enumerated().map { LegendEntry(style: seriesStyle($0), text: $1.name) } : [])
  }

  private func mark(_ point: Point, _ index: Int, isSmall: Bool, _ area: PlotArea) -> SVGElement {
    let lines = [
      series.count > 1 ? series[index].name : "",
      "\(x.title): \(quantity(point.x, x.format, x.unit))",
      "\(y.title): \(quantity(point.y, y.format, y.unit))",
    ]
    return SVGElement(
      name: "circle",
      attributes: [
        ("cx", SVGElement.coordinate(area.x.position(point.x))),
        ("cy", SVGElement.coordinate(area.y.position(point.y))), ("r", isSmall ? "2.5" : "4"),
        ("class", "point \(seriesStyle(index))"), tip(lines),
      ])
  }

  private func summary(_ shown: [[Point]]) -> String {
    let lines = zip(series, shown).map { series, points in
      guard let first = points.first, let last = points.last else {
        return "\(series.name): no values"
      }
      return "\(series.name): \(points.count) values, from "
        + "\(quantity(first.y, y.format, y.unit)) at \(quantity(first.x, x.format, x.unit)) to "
        + "\(quantity(last.y, y.format, y.unit)) at \(quantity(last.x, x.format, x.unit))"
    }
    return "Line chart of \(y.fullTitle) over \(x.fullTitle). " + lines.joined(separator: "; ")
      + "."
  }
}
