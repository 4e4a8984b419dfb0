import Foundation
import FoundationXML
import ReportPage
import Testing

struct PageTests {
  /// Breaks out of a tag, an attribute, a script and a comment wherever it is not escaped.
  private static let evil =
    "</script><script>alert('1')</script>\"><img src=x onerror=\"y\"> & {{x}} \u{1}"

  /// Every kind of block, with the same text for every name.
  private static func page(_ name: String) -> Page {
    let axis = Axis(name, unit: name, better: .higherIsBetter, reference: 1)
    return Page(
      title: name, subtitle: name,
      sections: [
        Section(
          name,
          [
            .text(name), .note(name), .warning(name),
            .facts([FactGroup(name, [Fact(name, name)])]),
            .keyFigures([KeyFigure(name, name, remark: name)]),
            .table(
              DataTable(
                name, columns: [.text(name), .number(name, unit: name, .fixed(2), hasBars: true)],
                rows: [
                  .init([.link(name, Link(name)), .number(1)]), .init([.text(name), .text(name)]),
                  .init([], isMarked: true),
                ])),
          ]),
        Section(
          name,
          [
            .bars(
              BarChart(
                name, quantity: name, unit: name, spreadMeaning: name, series: [name, name],
                groups: [.init(name, [.init(1, spread: .init(0.5, 2)), .init(nil)])])),
            .heatMap(
              HeatMap(
                name, quantity: name, unit: name, rows: [name, name], columns: [name],
                values: [[1], []])),
            .scatter(
              ScatterChart(
                name, x: axis, y: axis, series: [.init(name, [.init(name, x: 1, y: 2)])])),
            .histogram(Histogram(name, x: axis, values: [1, 2, 2])),
            .lines(
              LineChart(
                name, x: axis, y: axis,
                series: [.init(name, [.init(x: 0, y: 1), .init(x: 1, y: 2)])])),
            .details(
              Details(name, remark: name, key: name, [.details(Details(name, key: name, []))])),
          ]),
      ])
  }

  @Test func namesAreText() throws {
    let plain = try Self.page("name").html()
    let evil = try Self.page(Self.evil).html()
    // A name adds no tag: both pages have the same ones, in the same order.
    #expect(Self.tags(evil) == Self.tags(plain))
    #expect(!evil.contains("<img"))
    #expect(evil.contains("&lt;/script&gt;"))
    #expect(!evil.contains("\u{1}"))
  }

  @Test func drawingsAreWellFormed() throws {
    let html = try Self.page(Self.evil).html()
    let drawings = Self.drawings(html)
    #expect(drawings.count == 5)
    for drawing in drawings {
      let parser = XMLParser(data: Data(drawing.utf8))
      #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
      #expect(drawing.contains("role=\"img\"") && drawing.contains("tabindex=\"0\""))
      #expect(drawing.contains("<title id=") && drawing.contains("<desc id="))
      #expect(drawing.contains("data-tip=\""))
    }
  }

  @Test func idsAreUniqueAndReferencesLeadSomewhere() throws {
    let html = try Self.page("a/b c").html()
    let ids = html.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
    #expect(ids.count > 12)
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[A-Za-z][-A-Za-z0-9_.]*/) != nil })
    for reference in html.matches(of: /(?:href="#|labelledby="|describedby="|url\(#)([^")]+)/) {
      #expect(ids.contains(String(reference.1)), "\(reference.1)")
    }
  }

  @Test func keysOfOneFormHaveIdsOfTheirOwn() throws {
    let page = Page(
      title: "t",
      sections: [
        Section(
          "links",
          [
            .table(
              DataTable(
                "t", columns: [.text("a")],
                rows: [.init([.link("one", Link("a/b"))]), .init([.link("two", Link("a b"))])]))
          ]),
        Section(
          "places",
          [.details(Details("two", key: "a b", [])), .details(Details("one", key: "a/b", []))]),
      ])
    let html = try page.html()
    #expect(
      html.contains("<a href=\"#a-b\">one</a>") && html.contains("<a href=\"#a-b-2\">two</a>"))
    #expect(html.contains(/<details id="a-b-2">\s*<summary><span>two/))
    #expect(html.contains(/<details id="a-b">\s*<summary><span>one/))
  }

  @Test func linksToNowhereAreText() throws {
    let table = DataTable("t", columns: [.text("a")], rows: [.init([.link("one", Link("gone"))])])
    let html = try Page(title: "t", sections: [Section("s", [.table(table)])]).html()
    #expect(html.contains("<th scope=\"row\">one</th>"))
  }

  @Test func asksNothingOfTheNetwork() throws {
    let html = try Self.page("name").html()
    let addresses = html.matches(of: /https?:\/\/[^"' ]*/).map { String($0.0) }
    #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
    #expect(html.contains("default-src 'none'"))
    #expect(!html.contains(/\s(src|srcset|poster|data)="/))
    #expect(!html.contains("@import") && !html.contains("url(http"))
  }

  @Test func tablesAreOperatedByButtons() throws {
    let html = try Self.page("name").html()
    let heads = html.matches(of: /<th scope="col"([^>]*)>(<button type="button">)?/)
    #expect(heads.count == 2)
    #expect(heads.allSatisfy { $0.1.contains("aria-sort=\"none\"") && $0.2 != nil })
    #expect(html.contains("role=\"region\" aria-label=\"name\" tabindex=\"0\""))
  }

  @Test func figuresThatAreNoneAreMissing() throws {
    let table = DataTable(
      "t", columns: [.text("a"), .number("b", .fixed(1), hasBars: true)],
      rows: [Double.nan, .infinity, -1, 3].map { .init([.text("x"), .number($0)]) })
    let html = try Page(title: "t", sections: [Section("s", [.table(table)])]).html()
    #expect(html.matches(of: /<td class="n" data-none>–<\/td>/).count == 2)
    #expect(html.contains("data-v=\"3.0\" style=\"--share:100%\">3.0<"))
    #expect(table.csv == "a,b\r\nx,\r\nx,\r\nx,-1\r\nx,3\r\n")
  }

  /// The names of all tags in order.
  private static func tags(_ html: String) -> [String] {
    html.matches(of: /<(\/?[A-Za-z][A-Za-z0-9]*)/).map { String($0.1) }
  }

  private static func drawings(_ html: String) -> [String] {
    html.matches(of: /(?s)<svg.*?<\/svg>/).map { String($0.0) }
  }
}
