import Foundation

/// How a figure is written for people.
public enum NumberFormat: Sendable, Equatable {
  /// Without digits after the point.
  case integer
  /// So many digits after the point.
  case fixed(Int)
  /// So many digits that count, as long as the figure is no integer of more.
  case significant(Int)
  /// A fraction as a percentage with so many digits after the point: 0.25 is `25.0 %` with one.
  case percent(Int)
  /// As ``fixed(_:)`` with a sign before figures above zero as well.
  case signed(Int)

  /// `value` in this form; `–` where it is not finite.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    switch self {
    case .integer: return Self.fixed(value, 0)
    case .fixed(let digits): return Self.fixed(value, digits)
    case .significant(let digits): return Self.significant(value, digits)
    case .percent(let digits): return Self.fixed(100 * value, digits) + " %"
    case .signed(let digits):
      let text = Self.fixed(value, digits)
      return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
    }
  }

  /// The shortest text that reads as `value` again; integers without a point.
  static func exact(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? fixed(value, 0) : "\(value)"
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    let text = abs(value) < 1e15 ? String(format: "%.\(max(0, digits))f", value) : "\(value)"
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return text.hasPrefix("-") && isZero ? String(text.dropFirst()) : text
  }

  private static func significant(_ value: Double, _ digits: Int) -> String {
    let size = abs(value)
    if value == 0 { return "0" }
    if size < 1e-4 || size >= 1e9 { return String(format: "%.\(max(0, digits - 1))e", value) }
    let before = Int(log10(size).rounded(.down)) + 1
    return fixed(value, max(0, digits - before))
  }
}
