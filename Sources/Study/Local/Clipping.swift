import Quant

/// How much of a tensor's quantization error comes from clamping, the rest being rounding.
///
/// A value is clamped where it lies outside of what the type can hold before it is rounded:
/// value / scale + zero point below the least or above the greatest quantized value. Ranges are taken
/// from the values themselves, so that this happens by rounding of scale and zero point alone, and
/// rarely.
public struct Clipping: Sendable, Equatable, Codable {
  /// Values in all.
  public private(set) var count = 0
  /// Values that were clamped.
  public private(set) var clamped = 0
  /// Sum of the squares of all errors.
  public private(set) var energy = 0.0
  /// Sum of the squares of the errors of clamped values.
  public private(set) var clampedEnergy = 0.0

  enum CodingKeys: String, CodingKey {
    case count, clamped, energy
    case clampedEnergy = "clamped_energy"
  }

  /// No values yet.
  public init() {}

  /// Share of the values that were clamped; 0 where there are none.
  public var clampedShare: Double { count == 0 ? 0 : Double(clamped) / Double(count) }

  /// Share of the error's energy that clamped values have; 0 where there is no error.
  public var energyShare: Double { energy == 0 ? 0 : clampedEnergy / energy }

  /// Adds the values that `other` counted.
  public mutating func merge(_ other: Clipping) {
    count += other.count
    clamped += other.clamped
    energy += other.energy
    clampedEnergy += other.clampedEnergy
  }

  /// Adds `value`, which `quantized` stands for within `range`.
  mutating func add(
    _ value: Float, quantized: Int32, _ parameters: AffineParameters, range: ClosedRange<Int32>
  ) {
    let steps = value / parameters.scale
    let isClamped =
      steps < Float(range.lowerBound - parameters.zeroPoint)
      || steps > Float(range.upperBound - parameters.zeroPoint)
    let kept = Float(quantized - parameters.zeroPoint) * parameters.scale
    let error = Double(value) - Double(kept)
    count += 1
    energy += error * error
    guard isClamped else { return }
    clamped += 1
    clampedEnergy += error * error
  }
}
