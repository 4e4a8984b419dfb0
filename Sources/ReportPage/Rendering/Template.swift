import Mustache

/// The templates of a page's parts. What is not between three braces is escaped.
enum Template: String, CaseIterable {
  case page, text, note, warning, facts, keyFigures, chart, table, details

  /// All templates by name.
  static func all() throws -> [String: MustacheTemplate] {
    var templates: [String: MustacheTemplate] = [:]
    for template in allCases {
      templates[template.rawValue] = try MustacheTemplate(string: template.source)
    }
    return templates
  }

  private var source: String {
    switch self {
    case .page: Self.pageSource
    case .text: "<p>{{text}}</p>\n"
    case .note: "<p class=\"note\">{{text}}</p>\n"
    case .warning: "<p class=\"warning\" role=\"note\"><strong>Mind:</strong> {{text}}</p>\n"
    case .facts: Self.factsSource
    case .keyFigures: Self.keyFiguresSource
    case .chart: Self.chartSource
    case .table: Self.tableSource
    case .details: Self.detailsSource
    }
  }

  private static let pageSource = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <link rel="icon" href="data:,">
    <title>{{title}}</title>
    <style>{{{style}}}</style>
    </head>
    <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header>
    <div>
    <h1>{{title}}</h1>
    {{#hasSubtitle}}
    <p>{{subtitle}}</p>
    {{/hasSubtitle}}
    </div>
    <button type="button" class="theme" hidden>Theme: auto</button>
    </header>
    {{#hasContents}}
    <nav aria-label="Sections">
    {{#sections}}
    <a href="#{{id}}">{{title}}</a>
    {{/sections}}
    </nav>
    {{/hasContents}}
    <main id="content" tabindex="-1">
    {{#sections}}
    <section aria-labelledby="{{id}}">
    <h2 id="{{id}}"><a href="#{{id}}">{{title}}</a></h2>
    {{{content}}}
    </section>
    {{/sections}}
    </main>
    <div class="tip" role="status" hidden></div>
    <script>{{{script}}}</script>
    </body>
    </html>

    """

  private static let factsSource = """
    <div class="facts">
    {{#groups}}
    <div>
    <h3>{{title}}</h3>
    <dl>
    {{#facts}}
    <div><dt>{{name}}</dt><dd>{{value}}</dd></div>
    {{/facts}}
    </dl>
    </div>
    {{/groups}}
    </div>

    """

  private static let keyFiguresSource = """
    <dl class="figures">
    {{#figures}}
    <div><dt>{{name}}</dt><dd><b>{{value}}</b> <span>{{remark}}</span></dd></div>
    {{/figures}}
    </dl>

    """

  private static let chartSource = """
    <figure>
    <figcaption>{{title}}</figcaption>
    {{#hasLegend}}
    <ul class="legend">
    {{#legend}}
    <li><i class="{{style}}"></i>{{text}}</li>
    {{/legend}}
    </ul>
    {{/hasLegend}}
    <div class="scroll">{{{svg}}}</div>
    </figure>

    """

  private static let tableSource = """
    <div class="data">
    <div class="tools">
    <h3>{{title}}</h3>
    {{#isFiltered}}
    <label hidden>Filter <input type="search" autocomplete="off" spellcheck="false"></label>
    <output>{{count}} rows</output>
    <button type="button" class="more" hidden>Show all</button>
    {{/isFiltered}}
    </div>
    <div class="scroll" role="region" aria-label="{{title}}" tabindex="0">
    <table>
    <caption>{{title}}</caption>
    <thead><tr>
    {{#columns}}
    <th scope="col" aria-sort="none"{{#number}} class="n"{{/number}}><button type="button">\
    {{title}}{{#hasUnit}} <small>{{unit}}</small>{{/hasUnit}}</button></th>
    {{/columns}}
    </tr></thead>
    <tbody>
    {{#rows}}
    <tr{{#isMarked}} class="marked"{{/isMarked}}>{{#cells}}<{{tag}}{{{attributes}}}>\
    {{#hasLink}}<a href="#{{link}}">{{text}}</a>{{/hasLink}}{{^hasLink}}{{text}}{{/hasLink}}\
    </{{tag}}>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table>
    </div>
    </div>

    """

  private static let detailsSource = """
    <details id="{{id}}"{{#isOpen}} open{{/isOpen}}>
    <summary><span>{{summary}}</span> <span class="remark">{{remark}}</span></summary>
    <div class="body">
    {{{content}}}
    </div>
    </details>

    """
}
