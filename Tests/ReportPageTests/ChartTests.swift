import Foundation
import FoundationXML
import ReportPage
import Testing

struct ChartTests {
  private static func svg(_ block: Block) throws -> String {
    let html = try Page(title: "t", sections: [Section("s", [block])]).html()
    let drawing = try #require(html.firstMatch(of: /(?s)<svg.*?<\/svg>/))
    return String(drawing.0)
  }

  /// Numbers of an attribute of all elements of a class.
  private static func numbers(_ svg: String, _ attribute: String, class style: String) throws
    -> [Double]
  {
    let elements = svg.matches(of: /<(rect|path|line|circle|text)\s[^>]*>/).map { String($0.0) }
    return try elements.filter { $0.contains("class=\"\(style)\"") }.compactMap { element in
      let value = try Regex(" \(attribute)=\"([-0-9.e]+)\"").firstMatch(in: element)
      return value.flatMap { $0[1].substring }.flatMap { Double($0) }
    }
  }

  @Test func barsAreAsLongAsTheirValues() throws {
    let chart = BarChart(
      "t", quantity: "q", series: ["a", "b"],
      groups: [.init("x", [.init(2), .init(4)]), .init("y", [.init(1), .init(nil)])])
    let svg = try Self.svg(.bars(chart))
    let first = try Self.numbers(svg, "width", class: "s0")
    let second = try Self.numbers(svg, "width", class: "s1")
    #expect(first.count == 2 && second.count == 1)
    #expect(abs(first[0] - 2 * first[1]) < 0.1 && abs(second[0] - 2 * first[0]) < 0.1)
    #expect(svg.contains("no value"))
  }

  @Test func whiskersReachFromAndToTheSpread() throws {
    let chart = BarChart(
      "t", quantity: "q", spreadMeaning: "p10 to p90", series: ["a"],
      groups: [.init("x", [.init(2, spread: .init(1, 4))])])
    let svg = try Self.svg(.bars(chart))
    let bar = try #require(try Self.numbers(svg, "width", class: "s1").first)
    let start = try #require(try Self.numbers(svg, "x", class: "s1").first)
    let low = try Self.numbers(svg, "x1", class: "whisker")[0] - start
    let high = try Self.numbers(svg, "x2", class: "whisker")[0] - start
    #expect(abs(low - bar / 2) < 0.1 && abs(high - 2 * bar) < 0.1)
  }

  @Test func theFrontIsWhatNoOtherPointBeats() {
    // Higher is better on x, lower on y.
    let points: [ScatterChart.Point] = [
      .init("slow and good", x: 1, y: 1), .init("beaten", x: 1.5, y: 3),
      .init("middle", x: 2, y: 2), .init("same as middle", x: 2, y: 2),
      .init("fast and bad", x: 3, y: 4), .init("beaten by the fast", x: 3, y: 5),
      .init("no point", x: .nan, y: 0),
    ]
    let chart = ScatterChart(
      "t", x: Axis("x", better: .higherIsBetter), y: Axis("y", better: .lowerIsBetter),
      series: [.init("s", points)])
    #expect(chart.front.map(\.label) == ["slow and good", "middle", "fast and bad"])
    var open = chart
    open.y.better = nil
    #expect(open.front.isEmpty)
  }

  @Test func theFrontIsExhaustiveOverRandomPoints() {
    var state: UInt64 = 1
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 58)
    }
    for _ in 0..<50 {
      let points = (0..<30).map { ScatterChart.Point("\($0)", x: next(), y: next()) }
      let chart = ScatterChart(
        "t", x: Axis("x", better: .lowerIsBetter), y: Axis("y", better: .higherIsBetter),
        series: [.init("s", points)])
      let best = points.filter { p in
        !points.contains { $0.x <= p.x && $0.y >= p.y && ($0.x < p.x || $0.y > p.y) }
      }
      #expect(Set(chart.front.map { [$0.x, $0.y] }) == Set(best.map { [$0.x, $0.y] }))
    }
  }

  @Test func theFrontIsDrawnInSteps() throws {
    let chart = ScatterChart(
      "t", x: Axis("x", better: .higherIsBetter), y: Axis("y", better: .higherIsBetter),
      series: [.init("s", [.init("a", x: 1, y: 2), .init("b", x: 2, y: 1)])])
    let svg = try Self.svg(.scatter(chart))
    let path = try #require(svg.firstMatch(of: /d="M([^"]*)" class="front"/))
    let points = path.1.split(separator: "L").map {
      $0.split(separator: " ").compactMap { Double($0) }
    }
    for (a, b) in zip(points, points.dropFirst()) { #expect(a[0] == b[0] || a[1] == b[1]) }
    #expect(points.count == 5)
  }

  @Test func heatMapsTellMissingCellsFromColdOnes() throws {
    let map = HeatMap(
      "t", quantity: "time", unit: "ms", rows: ["a", "b"], columns: ["x", "y"],
      values: [[0, 8], [nil, .nan]])
    let svg = try Self.svg(.heatMap(map))
    #expect(svg.matches(of: /class="cell none"/).count == 2)
    #expect(svg.contains("class=\"cell q0\"") && svg.contains("class=\"cell q8\""))
    #expect(svg.contains("data-tip=\"a / y&#10;8.00 ms\""))
    #expect(svg.contains("data-tip=\"b / x&#10;no value\""))
    #expect(svg.contains("2 cells have no value"))
  }

  @Test func histogramsCountEveryFiniteValueOnce() {
    let values = (0..<1000).map { Double($0 % 37) } + [.nan, .infinity]
    let histogram = Histogram("t", x: Axis("x"), values: values, bins: 7)
    #expect(histogram.series[0].counts.reduce(0, +) == 1000)
    #expect(histogram.edges.count == 8 && histogram.edges[0] == 0 && histogram.edges[7] == 36)
    let first = values.count { $0 >= 0 && $0 < 36.0 / 7 }
    #expect(histogram.series[0].counts[0] == first)
  }

  /// What no chart is made for must still not end the program, nor draw what is not a number.
  @Test(
    arguments: [
      [], [0], [-1, -1], [.nan, .infinity, -.infinity], [.leastNormalMagnitude, 1e308, -1e308],
      [.leastNonzeroMagnitude], [1e15, 1e15 + 1], [1e300, 1], [-3, 7],
    ] as [[Double]])
  func strangeValues(values: [Double]) throws {
    for isLogarithmic in [false, true] {
      let axis = Axis("x", better: .lowerIsBetter, isLogarithmic: isLogarithmic)
      let blocks: [Block] = [
        .bars(
          BarChart(
            "t", quantity: "q", series: ["a"],
            groups: values.map { .init("g", [.init($0, spread: .init(-$0, $0))]) })),
        .heatMap(
          HeatMap(
            "t", quantity: "q", scaling: isLogarithmic ? .logarithmic : .linear, rows: ["r"],
            columns: values.indices.map { "\($0)" }, values: [values])),
        .scatter(
          ScatterChart(
            "t", x: axis, y: axis,
            series: [.init("s", values.map { .init("p", x: $0, y: -$0) })])),
        .histogram(
          Histogram("t", x: Axis("x"), values: values, hasLogarithmicCounts: isLogarithmic)),
        .histogram(
          Histogram("t", x: axis, edges: values, series: [.init("s", counts: [-1, .max])])),
        .lines(
          LineChart(
            "t", x: axis, y: axis, series: [.init("s", values.map { .init(x: $0, y: $0) })])),
      ]
      for block in blocks {
        let svg = try Self.svg(block)
        #expect(XMLParser(data: Data(svg.utf8)).parse())
        let attributes = svg.matches(
          of: /\s(x|y|x1|x2|y1|y2|width|height|cx|cy|d|viewBox)="([^"]*)"/)
        for attribute in attributes { #expect(!attribute.2.contains(/nan|inf|[0-9]e[+]?[0-9]/)) }
      }
    }
  }
}
