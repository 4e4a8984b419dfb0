import Foundation

/// A part of a drawing. Names of elements and attributes are the library's own; everything else is
/// escaped where it is written.
struct SVGElement {
  let name: String
  var attributes: [(String, String)]
  var children: [SVGElement] = []
  var text = ""

  /// Appends the element to `output`.
  func write(to output: inout String) {
    output += "<\(name)"
    for (name, value) in attributes { output += " \(name)=\"\(Self.escaped(value))\"" }
    if children.isEmpty && text.isEmpty {
      output += "/>"
      return
    }
    output += ">"
    output += Self.escaped(text)
    for child in children { child.write(to: &output) }
    output += "</\(name)>"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension SVGElement {
  static func rect(
    x: Double, y: Double, width: Double, height: Double, class style: String,
    _ more: [(String, String)] = []
  ) -> SVGElement {
    SVGElement(
      name: "rect",
      attributes: [
        ("x", coordinate(x)), ("y", coordinate(y)), ("width", coordinate(max(0, width))),
        ("height", coordinate(max(0, height))), ("class", style),
      ] + more)
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class style: String
  ) -> SVGElement {
    SVGElement(
      name: "line",
      attributes: [
        ("x1", coordinate(x1)), ("y1", coordinate(y1)), ("x2", coordinate(x2)),
        ("y2", coordinate(y2)), ("class", style),
      ])
  }

  /// A text whose `anchor` is `start`, `middle` or `end`.
  static func label(
    _ text: String, x: Double, y: Double, class style: String, anchor: String = "start",
    _ more: [(String, String)] = []
  ) -> SVGElement {
    SVGElement(
      name: "text",
      attributes: [
        ("x", coordinate(x)), ("y", coordinate(y)), ("class", style), ("text-anchor", anchor),
      ] + more, text: text)
  }

  static func path(_ data: String, class style: String) -> SVGElement {
    SVGElement(name: "path", attributes: [("d", data), ("class", style)])
  }

  static func group(_ children: [SVGElement], _ attributes: [(String, String)]) -> SVGElement {
    SVGElement(name: "g", attributes: attributes, children: children)
  }

  /// Open or closed lines through `points`.
  static func pathData(_ points: [(x: Double, y: Double)]) -> String {
    points.enumerated().map { index, point in
      (index == 0 ? "M" : "L") + coordinate(point.x) + " " + coordinate(point.y)
    }.joined()
  }

  /// A length in the drawing with two digits after the point at most.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = (value * 100).rounded()
    guard abs(hundredths) < 1e12 else { return "0" }
    let whole = Int(hundredths)
    return whole % 100 == 0 ? "\(whole / 100)" : String(format: "%g", Double(whole) / 100)
  }
}
