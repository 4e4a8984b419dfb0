import Foundation

/// How many values lie in each of a row of intervals, for one or more series over the same intervals.
public struct Histogram: Sendable, Equatable {
  /// The counts of one series.
  public struct Series: Sendable, Equatable {
    /// What was counted.
    public var name: String
    /// Values in each interval.
    public var counts: [Int]

    /// The `counts` of `name`.
    public init(_ name: String, counts: [Int]) {
      self.name = name
      self.counts = counts
    }
  }

  /// What the chart shows.
  public var title: String
  /// What the intervals divide; its format is that of their ends.
  public var x: Axis
  /// Ends of the intervals, ascending: one more than there are intervals.
  public var edges: [Double]
  /// The counts.
  public var series: [Series]
  /// Whether the axis of the counts is logarithmic, which shows single values beside thousands.
  public var hasLogarithmicCounts: Bool

  /// Counts between `edges`. What is not finite, and counts without an interval, are left out.
  public init(
    _ title: String, x: Axis, edges: [Double], series: [Series],
    hasLogarithmicCounts: Bool = false
  ) {
    self.title = title
    self.x = x
    self.edges = edges
    self.series = series
    self.hasLogarithmicCounts = hasLogarithmicCounts
  }

  /// Counts of `values` in equal intervals from the least to the greatest; what is not finite is left
  /// out, and the greatest value belongs to the last interval.
  public init(
    _ title: String, x: Axis, values: [Double], bins: Int = 40, hasLogarithmicCounts: Bool = false
  ) {
    let finite = values.filter { abs($0) < 1e300 }
    let low = finite.min() ?? 0
    let high = max(finite.max() ?? 1, low + max(abs(low) * 1e-9, 1e-12))
    let count = max(1, bins)
    var counts = Array(repeating: 0, count: count)
    for value in finite {
      counts[min(count - 1, Int((value - low) / (high - low) * Double(count)))] += 1
    }
    let edges = (0...count).map { low + (high - low) * Double($0) / Double(count) }
    self.init(
      title, x: x, edges: edges, series: [Series(title, counts: counts)],
      hasLogarithmicCounts: hasLogarithmicCounts)
  }
}

extension Histogram {
  private var bins: Int {
    edges.allSatisfy(\.isFinite) ? max(0, edges.count - 1) : 0
  }

  /// The chart as a drawing.
  func drawing() -> Drawing {
    let counts = series.flatMap { $0.counts.prefix(bins).map(Double.init) }
    // The axis starts below one, so that a single value has a bar.
    let vertical: Scale =
      hasLogarithmicCounts
      ? .logarithmic(counts, floor: 0.5, range: PlotArea.vertical)
      : .linear(counts, fromZero: true, range: PlotArea.vertical)
    let area = PlotArea(
      x: .linear(bins > 0 ? edges : [], fromZero: false, range: PlotArea.horizontal),
      y: vertical)
    var elements = area.frame(
      xTitle: x.fullTitle, yTitle: hasLogarithmicCounts ? "count, logarithmic" : "count")
    for (index, series) in series.enumerated() {
      for (bin, count) in series.counts.prefix(bins).enumerated() where count > 0 {
        elements.append(bar(bin, count, index, area))
      }
    }
    elements += area.references(x.reference, nil)
    elements += (0..<bins).map { hit($0, area) }
    return Drawing(
      width: PlotArea.width, height: PlotArea.height, elements: elements, summary: summary,
      legend: series.count > 1
        ? series.enumerated().map { LegendEntry(style: seriesStyle($0), text: $1.name) } : [])
  }

  private func bar(_ bin: Int, _ count: Int, _ index: Int, _ area: PlotArea) -> SVGElement {
    let (left, right) = (area.x.position(edges[bin]), area.x.position(edges[bin + 1]))
    let top = area.y.position(Double(count))
    let gap = right - left > 6 ? 0.75 : 0
    let style = series.count == 1 ? seriesStyle(1) : "\(seriesStyle(index)) through"
    return .rect(
      x: left + gap, y: top, width: right - left - 2 * gap, height: PlotArea.vertical.0 - top,
      class: style)
  }

  private func hit(_ bin: Int, _ area: PlotArea) -> SVGElement {
    let (left, right) = (area.x.position(edges[bin]), area.x.position(edges[bin + 1]))
    let interval =
      "\(x.format.text(edges[bin])) to "
      + quantity(edges[bin + 1], x.format, x.unit)
    let lines = series.map { series in
      let count = bin < series.counts.count ? series.counts[bin] : 0
      return self.series.count > 1 ? "\(series.name): \(count)" : "\(count)"
    }
    return .rect(
      x: left, y: PlotArea.vertical.1, width: right - left,
      height: PlotArea.vertical.0 - PlotArea.vertical.1, class: "hit", [tip([interval] + lines)])
  }

  private var summary: String {
    guard bins > 0 else { return "Histogram of \(x.title) without intervals." }
    let sums = series.map { "\($0.name): \($0.counts.prefix(bins).reduce(0, &+)) values" }
    return "Histogram of \(x.title) in \(bins) intervals from \(x.format.text(edges[0])) to "
      + "\(quantity(edges[bins], x.format, x.unit)). \(sums.joined(separator: "; "))."
  }
}
