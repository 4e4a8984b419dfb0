/// Points over two axes; where both axes have a better end, with the front of those that no other
/// point beats in both.
public struct ScatterChart: Sendable, Equatable {
  /// A point.
  public struct Point: Sendable, Equatable {
    /// What it stands for.
    public var label: String
    /// Place on the horizontal axis.
    public var x: Double
    /// Place on the vertical axis.
    public var y: Double

    /// The point of `label`. One that is not finite is left out of the chart.
    public init(_ label: String, x: Double, y: Double) {
      self.label = label
      self.x = x
      self.y = y
    }
  }

  /// Points of one colour and shape.
  public struct Series: Sendable, Equatable {
    /// What they have in common.
    public var name: String
    /// The points.
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
  /// The points.
  public var series: [Series]

  /// Points of `series` over `x` and `y`.
  public init(_ title: String, x: Axis, y: Axis, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
  }

  /// The points that no other point equals or beats on one axis and beats on the other, from the worst
  /// to the best on the horizontal axis; of equal points the first. Empty where an axis has no better
  /// end.
  public var front: [Point] {
    guard let xBetter = x.better, let yBetter = y.better else { return [] }
    let points = shownSeries.flatMap { $0 }
    func gain(_ value: Double, _ better: Axis.Direction) -> Double {
      better == .higherIsBetter ? value : -value
    }
    let sorted = points.enumerated().sorted { a, b in
      let (ax, bx) = (gain(a.element.x, xBetter), gain(b.element.x, xBetter))
      let (ay, by) = (gain(a.element.y, yBetter), gain(b.element.y, yBetter))
      return ax != bx ? ax > bx : ay != by ? ay > by : a.offset < b.offset
    }
    var best = -Double.infinity
    var front: [Point] = []
    for (_, point) in sorted where gain(point.y, yBetter) > best {
      best = gain(point.y, yBetter)
      front.append(point)
    }
    return front.reversed()
  }

  /// The points that have a place, by series.
  private var shownSeries: [[Point]] {
    series.map { $0.points.filter { x.canShow($0.x) && y.canShow($0.y) } }
  }
}

extension ScatterChart {
  /// The chart as a drawing.
  func drawing() -> Drawing {
    let points = shownSeries.flatMap { $0 }
    let area = PlotArea(
      x: x.scale(points.map(\.x), range: PlotArea.horizontal),
      y: y.scale(points.map(\.y), range: PlotArea.vertical))
    let front = front
    var elements = area.frame(xTitle: x.fullTitle, yTitle: y.fullTitle)
    elements += area.references(x.reference, y.reference)
    if !front.isEmpty {
      elements.append(.path(SVGElement.pathData(steps(front, area)), class: "front"))
    }
    let marks = shownSeries.enumerated().flatMap { index, points in
      points.map { (index, $0, front.contains($0)) }
    }
    // From left to right, so that the arrow keys go that way.
    for (index, point, isFront) in marks.sorted(by: { $0.1.x < $1.1.x }) {
      elements.append(mark(point, index, isFront: isFront, area))
    }
    return Drawing(
      width: PlotArea.width, height: PlotArea.height, elements: elements,
      summary: summary(points.count, front), legend: legend(hasFront: !front.isEmpty))
  }

  private func legend(hasFront: Bool) -> [LegendEntry] {
    let names =
      series.count > 1
      ? series.enumerated().map {
        LegendEntry(style: "\(seriesStyle($0)) shape\($0 % Self.shapes)", text: $1.name)
      } : []
    return names + (hasFront ? [LegendEntry(style: "front-key", text: "Pareto front")] : [])
  }

  /// The edge of what the front's points beat, from the worse end of one axis to that of the other.
  private func steps(_ front: [Point], _ area: PlotArea) -> [(x: Double, y: Double)] {
    let left = x.better == .higherIsBetter ? PlotArea.horizontal.0 : PlotArea.horizontal.1
    let floor = y.better == .higherIsBetter ? PlotArea.vertical.0 : PlotArea.vertical.1
    let corners = front.map { (x: area.x.position($0.x), y: area.y.position($0.y)) }
    var path = [(x: left, y: corners[0].y), corners[0]]
    for (previous, next) in zip(corners, corners.dropFirst()) {
      path += [(x: previous.x, y: next.y), next]
    }
    return path + [(x: corners[corners.count - 1].x, y: floor)]
  }

  private static let shapes = 4

  private func mark(_ point: Point, _ series: Int, isFront: Bool, _ area: PlotArea) -> SVGElement {
    let (px, py) = (area.x.position(point.x), area.y.position(point.y))
    let size = isFront ? 6.5 : 5
    let corners: [(Double, Double)] =
      switch series % Self.shapes {
      case 0: (0..<12).map { Self.circle[$0] }
      case 1: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
      case 2: [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)]
      default: [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
      }
    let data = SVGElement.pathData(corners.map { (x: px + $0.0 * size, y: py + $0.1 * size) })
    let lines = [
      point.label, self.series.count > 1 ? self.series[series].name : "",
      "\(x.title): \(quantity(point.x, x.format, x.unit))",
      "\(y.title): \(quantity(point.y, y.format, y.unit))", isFront ? "on the Pareto front" : "",
    ]
    var mark = SVGElement.path(
      data + "Z", class: "point \(seriesStyle(series))\(isFront ? " best" : "")")
    mark.attributes.append(tip(lines))
    return mark
  }

  /// A polygon that passes for a circle at this size.
  private static let circle: [(Double, Double)] = [
    (1, 0), (0.87, 0.5), (0.5, 0.87), (0, 1), (-0.5, 0.87), (-0.87, 0.5), (-1, 0),
    (-0.87, -0.5), (-0.5, -0.87), (0, -1), (0.5, -0.87), (0.87, -0.5),
  ]

  private func summary(_ count: Int, _ front: [Point]) -> String {
    let text = "Scatter chart of \(y.fullTitle) over \(x.fullTitle), \(count) points."
    if front.isEmpty { return text }
    let best = front.prefix(12).map {
      "\($0.label) (\(quantity($0.x, x.format, x.unit)), \(quantity($0.y, y.format, y.unit)))"
    }
    let rest = front.count > best.count ? " and \(front.count - best.count) more" : ""
    return text + " On the Pareto front: " + best.joined(separator: "; ") + rest + "."
  }
}
