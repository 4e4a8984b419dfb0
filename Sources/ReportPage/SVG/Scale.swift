import Foundation

/// Values to lengths along an axis, with the marks that the axis has.
struct Scale {
  /// Least and greatest value of the axis.
  let domain: ClosedRange<Double>
  /// Where the least and the greatest value lie.
  let range: (Double, Double)
  let isLogarithmic: Bool
  /// Values at which the axis has marks.
  let ticks: [Double]

  /// A linear axis that covers `values`, and zero where `fromZero`, from mark to mark; where not, no value
  /// lies at an end.
  static func linear(
    _ values: [Double], fromZero: Bool, range: (Double, Double), ticks: Int = 6
  ) -> Scale {
    // What is next to nothing has no steps between marks; what is next to infinity no differences.
    let finite = values.filter { abs($0) < 1e300 }.map { abs($0) < 1e-300 ? 0 : $0 }
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if fromZero { (low, high) = (min(low, 0), max(high, 0)) }
    if high - low <= max(abs(low), abs(high)) * 1e-9 {
      let margin = high == 0 ? 1 : abs(high) * 0.1
      (low, high) = fromZero ? (low, high + margin) : (low - margin, high + margin)
    }
    if !fromZero { (low, high) = (low - 0.03 * (high - low), high + 0.03 * (high - low)) }
    let step = niceStep((high - low) / Double(ticks))
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    let count = max(1, min(20, Int(last - first)))
    let marks = (0...count).map { (first + Double($0)) * step }
    return Scale(
      domain: marks[0]...marks[count], range: range, isLogarithmic: false, ticks: marks)
  }

  /// A logarithmic axis over the positive ones of `values`, from `floor` or a power of ten to a power of
  /// ten.
  static func logarithmic(
    _ values: [Double], floor: Double? = nil, range: (Double, Double)
  ) -> Scale {
    let positive = values.filter { $0 > 1e-300 && $0 < 1e300 }
    let low = log10(floor ?? positive.min() ?? 1).rounded(floor == nil ? .down : .up)
    let high = max(low + 1, log10(positive.max() ?? 10).rounded(.up))
    let step = max(1, ((high - low) / 6).rounded(.up))
    let marks = stride(from: low, through: high, by: step).map { pow(10, $0) }
    return Scale(
      domain: (floor ?? pow(10, low))...pow(10, high), range: range, isLogarithmic: true,
      ticks: marks)
  }

  /// Where `value` lies; what is outside of the axis lies at its end.
  func position(_ value: Double) -> Double {
    let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
    let part = (transformed(value) - low) / (high - low)
    return range.0 + (range.1 - range.0) * (part.isNaN ? 0 : min(max(part, 0), 1))
  }

  /// The text at the mark `value`.
  func label(_ value: Double) -> String {
    if isLogarithmic { return NumberFormat.significant(1).text(value) }
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : 1
    let size = max(abs(domain.lowerBound), abs(domain.upperBound))
    if size >= 1e6 || size < 1e-3 { return NumberFormat.significant(2).text(value) }
    return NumberFormat.fixed(max(0, -Int(log10(step * 1.001).rounded(.down)))).text(value)
  }

  private func transformed(_ value: Double) -> Double {
    isLogarithmic ? log10(max(value, domain.lowerBound)) : value
  }

  /// 1, 2 or 5 times a power of ten, at least `step`.
  private static func niceStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let factor = [1, 2, 5, 10].first { $0 * power >= step * (1 - 1e-9) } ?? 10
    return factor * power
  }
}
