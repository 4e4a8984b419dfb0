import Mustache

/// Writes a page as HTML. Structure is in the templates, which escape every value; drawings escape theirs.
struct Renderer {
  private let library: MustacheLibrary
  private var anchors = Anchors()
  private var keys: Set<String> = []

  init() throws { library = MustacheLibrary(templates: try Template.all()) }

  mutating func html(_ page: Page) -> String {
    keys = page.keys
    // The template's own id.
    _ = anchors.place("content")
    let sections = page.sections.map { section in
      [
        "id": anchors.place(section.key), "title": section.title,
        "content": html(section.blocks),
      ]
    }
    let text = render(
      .page,
      [
        "title": page.title, "subtitle": page.subtitle, "hasSubtitle": !page.subtitle.isEmpty,
        "hasContents": page.sections.count > 1, "sections": sections, "style": StyleSheet.text,
        "script": Script.text,
      ])
    return Self.withoutControlCharacters(text)
  }

  private mutating func html(_ blocks: [Block]) -> String {
    blocks.map { html($0) }.joined()
  }

  private mutating func html(_ block: Block) -> String {
    switch block {
    case .text(let text): return render(.text, ["text": text])
    case .note(let text): return render(.note, ["text": text])
    case .warning(let text): return render(.warning, ["text": text])
    case .facts(let groups): return render(.facts, ["groups": groups.map(context)])
    case .keyFigures(let figures): return render(.keyFigures, ["figures": figures.map(context)])
    case .table(let table): return html(table)
    case .bars(let chart): return html(chart.drawing(), title: chart.title)
    case .heatMap(let map):
      return html(map.drawing(pattern: anchors.fresh("hatching")), title: map.title)
    case .scatter(let chart): return html(chart.drawing(), title: chart.title)
    case .histogram(let chart): return html(chart.drawing(), title: chart.title)
    case .lines(let chart): return html(chart.drawing(), title: chart.title)
    case .details(let details):
      let id = anchors.place(details.key)
      return render(
        .details,
        [
          "id": id, "summary": details.summary, "remark": details.remark,
          "isOpen": details.isOpen, "content": html(details.blocks),
        ])
    }
  }

  private func context(_ group: FactGroup) -> [String: Any] {
    ["title": group.title, "facts": group.facts.map { ["name": $0.name, "value": $0.value] }]
  }

  private func context(_ figure: KeyFigure) -> [String: Any] {
    ["name": figure.name, "value": figure.value, "remark": figure.remark]
  }

  private func render(_ template: Template, _ context: [String: Any]) -> String {
    library.render(context, withTemplate: template.rawValue) ?? ""
  }

  /// Characters that neither HTML nor XML allows, as names in files may have them.
  private static func withoutControlCharacters(_ html: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in html.unicodeScalars {
      switch scalar.value {
      case 9, 10, 0x20...0x7E, 0xA0...0xFFFD, 0x10000...0x10FFFF: result.append(scalar)
      default: result.append("\u{FFFD}")
      }
    }
    return String(result)
  }
}

extension Renderer {
  /// A drawing in its frame.
  private mutating func html(_ drawing: Drawing, title: String) -> String {
    let titleID = anchors.fresh("chart-title")
    let summaryID = anchors.fresh("chart-summary")
    let width = SVGElement.coordinate(drawing.width)
    let svg = SVGElement(
      name: "svg",
      attributes: [
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("viewBox", "0 0 \(width) \(SVGElement.coordinate(drawing.height))"),
        (
          "style",
          "max-width:\(SVGElement.coordinate(drawing.greatestWidth))px;min-width:\(SVGElement.coordinate(drawing.leastWidth))px"
        ),
        ("role", "img"), ("tabindex", "0"), ("aria-labelledby", titleID),
        ("aria-describedby", summaryID),
      ] + (drawing.isGrid ? [("data-grid", "")] : []),
      children: [
        SVGElement(name: "title", attributes: [("id", titleID)], text: title),
        SVGElement(name: "desc", attributes: [("id", summaryID)], text: drawing.summary),
      ] + drawing.elements)
    var text = ""
    svg.write(to: &text)
    let legend = drawing.legend.map { ["style": $0.style, "text": $0.text] }
    return render(
      .chart, ["title": title, "svg": text, "hasLegend": !legend.isEmpty, "legend": legend])
  }
}

extension Renderer {
  /// Tables of fewer rows are read faster than filtered.
  private static let filteredRows = 9

  private mutating func html(_ table: DataTable) -> String {
    let greatest = table.columns.indices.map { Self.greatest(table, $0) }
    let rows = table.rows.map { row in
      [
        "cells": table.columns.indices.map { index in
          cell(row.cell(at: index), table.columns[index], isFirst: index == 0, greatest[index])
        },
        "isMarked": row.isMarked,
      ] as [String: Any]
    }
    return render(
      .table,
      [
        "title": table.title, "isFiltered": rows.count >= Self.filteredRows,
        "count": rows.count,
        "columns": table.columns.map {
          ["title": $0.title, "unit": $0.unit, "hasUnit": !$0.unit.isEmpty, "number": $0.isNumeric]
            as [String: Any]
        },
        "rows": rows,
      ])
  }

  private static func greatest(_ table: DataTable, _ column: Int) -> Double? {
    guard table.columns[column].hasBars else { return nil }
    let values = table.rows.compactMap { row -> Double? in
      if case .number(let value) = row.cell(at: column), value.isFinite { value } else { nil }
    }
    return values.max().flatMap { $0 > 0 ? $0 : nil }
  }

  private mutating func cell(
    _ cell: DataTable.Cell, _ column: DataTable.Column, isFirst: Bool, _ greatest: Double?
  ) -> [String: Any] {
    var attributes = isFirst ? " scope=\"row\"" : ""
    if column.isNumeric { attributes += " class=\"n\"" }
    var text = "–"
    var link = ""
    switch cell {
    case .text(let value): text = value
    case .number(let value) where value.isFinite:
      text = column.format.text(value)
      attributes += " data-v=\"\(value)\""
      if let greatest {
        let share = SVGElement.coordinate(100 * max(0, value) / greatest)
        attributes += " style=\"--share:\(share)%\""
      }
    case .link(let value, let target):
      text = value
      if keys.contains(target.key) { link = anchors.id(of: target.key) }
    case .number, .missing: attributes += " data-none"
    }
    return [
      "tag": isFirst ? "th" : "td", "attributes": attributes, "text": text,
      "hasLink": !link.isEmpty, "link": link,
    ]
  }
}
