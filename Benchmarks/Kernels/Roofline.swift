import Foundation

/// A roofline plot (Williams, Waterman, Patterson, 2009): each kernel's rate over its operations per
/// byte, under what the memory and the arithmetic of the machine allow.
struct Roofline {
  let report: KernelReport

  private static let (width, height) = (900.0, 560.0)
  private static let (left, right, top, bottom) = (70.0, 20.0, 50.0, 60.0)
  private static let colors = [
    "linear int8": "#d1495b", "linear fp32": "#2e6f95", "linear fp32 OpenBLAS": "#8ab0c8",
    "attention fp32": "#5a9367", "LayerNorm": "#b08c2e", "DynamicQuantizeLinear": "#7d5ba6",
  ]

  private var intensities: ClosedRange<Double> { 0.5...2000 }
  private var rates: ClosedRange<Double> {
    pow(10, (log10(slowest)).rounded(.down))...pow(10, (log10(1.2 * report.int8Peak)).rounded(.up))
  }
  private var slowest: Double { max(1, report.rows.map(\.rate).min() ?? 1) }

  /// The picture as a standalone SVG document, which follows a dark or light surrounding.
  var svg: String {
    let parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
      font-family="sans-serif" font-size="12" role="img" aria-label="Roofline of vitq's kernels">
      <style>text { fill: #222 } .grid { stroke: #ddd } .roof { stroke: #444 } .page { fill: #fff }
      @media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #333 }
      .roof { stroke: #bbb } .page { fill: #161616 } }</style>
      <rect class="page" width="100%" height="100%"/>
      <text x="\(Self.left)" y="24" font-size="15">\(title)</text>
      """, grid, roofs, points, legend, "</svg>",
    ]
    return parts.joined(separator: "\n") + "\n"
  }

  private var title: String {
    "\(report.processor), \(report.instructionSet), \(report.threads) threads"
      .replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }

  private func x(_ intensity: Double) -> Double {
    let share =
      log10(intensity / intensities.lowerBound)
      / log10(intensities.upperBound / intensities.lowerBound)
    return Self.left + min(1, max(0, share)) * (Self.width - Self.left - Self.right)
  }

  private func y(_ rate: Double) -> Double {
    let share = log10(rate / rates.lowerBound) / log10(rates.upperBound / rates.lowerBound)
    return Self.height - Self.bottom
      - min(1, max(0, share)) * (Self.height - Self.top - Self.bottom)
  }

  private func line(_ from: (Double, Double), _ to: (Double, Double), _ style: String) -> String {
    String(
      format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%@\"/>",
      from.0, from.1, to.0, to.1, style)
  }

  private func text(_ value: String, _ x: Double, _ y: Double, anchor: String = "middle") -> String
  {
    String(
      format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%@\">%@</text>", x, y, anchor, value)
  }

  private var grid: String {
    var parts: [String] = []
    let floor = Self.height - Self.bottom
    for intensity in [1.0, 10, 100, 1000] {
      parts.append(line((x(intensity), Self.top), (x(intensity), floor), "grid"))
      parts.append(text("\(Int(intensity))", x(intensity), floor + 18))
    }
    var rate = rates.lowerBound
    while rate <= rates.upperBound {
      parts.append(line((Self.left, y(rate)), (Self.width - Self.right, y(rate)), "grid"))
      parts.append(text("\(Int(rate))", Self.left - 8, y(rate) + 4, anchor: "end"))
      rate *= 10
    }
    parts.append(text("operations for each byte read or written", Self.width / 2, floor + 42))
    parts.append(
      "<text transform=\"translate(18 \(Self.height / 2)) rotate(-90)\" "
        + "text-anchor=\"middle\">10\u{2079} operations a second</text>")
    return parts.joined(separator: "\n")
  }

  /// The slope of memory, and a ceiling for each arithmetic.
  private var roofs: String {
    let ceilings = [("float32", report.float32Peak), ("int8", report.int8Peak)]
    let memory = report.memoryBandwidth
    let first = max(intensities.lowerBound, rates.lowerBound / memory)
    var parts = [
      line((x(first), y(first * memory)), (x(report.int8Peak / memory), y(report.int8Peak)), "roof")
    ]
    for (name, peak) in ceilings {
      let right = Self.width - Self.right
      parts.append(line((x(peak / memory), y(peak)), (right, y(peak)), "roof"))
      parts.append(text("\(name) peak \(Int(peak))", right, y(peak) - 6, anchor: "end"))
    }
    parts.append(
      text("memory \(Int(memory)) GB/s", x(2 * first) + 8, y(2 * first * memory), anchor: "start"))
    return parts.joined(separator: "\n")
  }

  private var points: String {
    report.rows.map { row in
      String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%@\" fill=\"%@\" fill-opacity=\"0.8\">"
          + "<title>%@</title></circle>",
        x(row.intensity), y(row.rate), row.batch == 1 ? "4" : "6",
        Self.colors[row.kernel] ?? "#888",
        "\(row.model), batch \(row.batch), \(row.role): \(row.shape), \(Int(row.rate)) G op/s")
    }.joined(separator: "\n")
  }

  private var legend: String {
    var seen: [String] = []
    for row in report.rows where !seen.contains(row.kernel) { seen.append(row.kernel) }
    let sizes = text(
      "larger points: larger batches", Self.width - 196,
      Self.height - Self.bottom - 20 * Double(seen.count + 1), anchor: "start")
    return seen.enumerated().map { index, kernel in
      let y = Self.height - Self.bottom - 20 * Double(seen.count - index)
      return String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%@\"/>", Self.width - 190, y - 4,
        Self.colors[kernel] ?? "#888") + text(kernel, Self.width - 178, y, anchor: "start")
    }.joined(separator: "\n") + "\n" + sizes
  }
}
