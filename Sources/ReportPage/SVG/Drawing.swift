/// A finished chart: what is drawn, and what is said to those who can't see it.
struct Drawing {
  /// Size in pixels where there is room for it.
  let width: Double
  let height: Double
  /// The width below which it scrolls rather than shrinks.
  var leastWidth: Double { min(width, max(Self.readableWidth, width * 0.75)) }
  /// The width above which it does not grow.
  var greatestWidth: Double { width * 1.25 }
  var elements: [SVGElement]
  /// What the chart shows, in sentences.
  let summary: String
  /// What the colours stand for; empty where there is one.
  var legend: [LegendEntry] = []
  /// Whether the arrow keys go by place rather than by order.
  var isGrid = false

  /// The width of all charts that have no reason for another.
  static let standardWidth = 900.0
  private static let readableWidth = 660.0
}

/// A mark and what it stands for.
struct LegendEntry {
  /// Name of a class of the style sheet.
  let style: String
  let text: String
}

/// What text takes, estimated for the style sheet's font.
enum Lettering {
  /// Width in pixels at 12 pixels a line.
  static func width(_ text: String) -> Double { Double(text.count) * 6.6 }

  /// `text`, its middle left out where it is wider than `width`: ends tell nodes apart.
  static func fitted(_ text: String, to width: Double) -> String {
    let room = max(4, Int(width / 6.6))
    guard text.count > room else { return text }
    let head = (room - 1) / 3
    return text.prefix(head) + "…" + text.suffix(room - 1 - head)
  }
}

/// The attribute from which the script shows what a mark stands for.
func tip(_ lines: [String]) -> (String, String) {
  ("data-tip", lines.filter { !$0.isEmpty }.joined(separator: "\n"))
}

/// The classes of a series' colours, which repeat.
func seriesStyle(_ index: Int) -> String { "s\(index % 6)" }

/// A figure with its unit.
func quantity(_ value: Double, _ format: NumberFormat, _ unit: String) -> String {
  unit.isEmpty ? format.text(value) : "\(format.text(value)) \(unit)"
}
