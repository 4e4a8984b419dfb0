/// What an axis stands for.
public struct Axis: Sendable, Equatable {
  /// Which end of an axis is the good one.
  public enum Direction: Sendable, Equatable {
    /// More is better.
    case higherIsBetter
    /// Less is better.
    case lowerIsBetter
  }

  /// What is drawn along it.
  public var title: String
  /// The unit; none where empty.
  public var unit: String
  /// How its values are written where a mark is pointed at.
  public var format: NumberFormat
  /// Which end is better; nil where neither is.
  public var better: Direction?
  /// A value that is marked by a line across, such as no change; nil where there is none.
  public var reference: Double?
  /// Whether it is logarithmic; then only values above zero are drawn.
  public var isLogarithmic: Bool

  /// An axis for `title`.
  public init(
    _ title: String, unit: String = "", format: NumberFormat = .significant(3),
    better: Direction? = nil, reference: Double? = nil, isLogarithmic: Bool = false
  ) {
    self.title = title
    self.unit = unit
    self.format = format
    self.better = better
    self.reference = reference
    self.isLogarithmic = isLogarithmic
  }
}

extension Axis {
  var fullTitle: String {
    let name = unit.isEmpty ? title : "\(title) (\(unit))"
    switch better {
    case .higherIsBetter: return name + ", higher is better"
    case .lowerIsBetter: return name + ", lower is better"
    case nil: return name
    }
  }

  /// Whether a value has a place on the axis.
  func canShow(_ value: Double) -> Bool {
    value.isFinite && (!isLogarithmic || value > 0)
  }

  func scale(_ values: [Double], range: (Double, Double)) -> Scale {
    let all = values + (reference.map { [$0] } ?? [])
    return isLogarithmic
      ? .logarithmic(all, range: range) : .linear(all, fromZero: false, range: range)
  }
}

/// A field between a vertical and a horizontal axis.
struct PlotArea {
  static let width = Drawing.standardWidth
  static let height = 380.0
  /// From left to right and from bottom to top.
  static let horizontal = (66.0, width - 18)
  static let vertical = (height - 52, 16.0)

  let x: Scale
  let y: Scale

  /// The lines across, the marks with their values and the titles of the axes.
  func frame(xTitle: String, yTitle: String) -> [SVGElement] {
    let (left, right) = Self.horizontal
    let (bottom, top) = Self.vertical
    var elements: [SVGElement] = []
    for tick in y.ticks {
      let place = y.position(tick)
      elements.append(.line(left, place, right, place, class: "grid"))
      elements.append(
        .label(y.label(tick), x: left - 8, y: place + 4, class: "tick", anchor: "end"))
    }
    for tick in x.ticks {
      let place = x.position(tick)
      elements.append(.line(place, bottom, place, top, class: "grid"))
      elements.append(
        .label(x.label(tick), x: place, y: bottom + 18, class: "tick", anchor: "middle"))
    }
    elements.append(.line(left, bottom, right, bottom, class: "axis"))
    elements.append(.line(left, bottom, left, top, class: "axis"))
    elements.append(
      .label(
        xTitle, x: (left + right) / 2, y: Self.height - 10, class: "title", anchor: "middle"))
    let middle = (top + bottom) / 2
    elements.append(
      .label(
        yTitle, x: 0, y: 0, class: "title", anchor: "middle",
        [("transform", "translate(15 \(SVGElement.coordinate(middle))) rotate(-90)")]))
    return elements
  }

  /// Lines across at the axes' references.
  func references(_ xValue: Double?, _ yValue: Double?) -> [SVGElement] {
    var elements: [SVGElement] = []
    if let xValue {
      let place = x.position(xValue)
      elements.append(
        .line(place, Self.vertical.0, place, Self.vertical.1, class: "reference"))
    }
    if let yValue {
      let place = y.position(yValue)
      elements.append(
        .line(Self.horizontal.0, place, Self.horizontal.1, place, class: "reference"))
    }
    return elements
  }
}
