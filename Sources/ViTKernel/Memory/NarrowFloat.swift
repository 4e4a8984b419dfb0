#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a number becomes a power of two: the `round_mode` of a Cast to float8e8m0 (opset 24).
public enum PowerRounding: String, Sendable, Hashable {
  /// The next power that is not smaller.
  case up
  /// The next power that is not larger.
  case down
  /// The nearer one, the larger of two at the same distance.
  case nearest
}

/// A floating-point format of 16 bits or fewer: sign, exponent, mantissa.
///
/// The formats are IEEE 754's binary16, bfloat16, and those of ONNX's types FLOAT8E4M3FN, E4M3FNUZ,
/// E5M2, E5M2FNUZ, E8M0 and FLOAT4E2M1 (ONNX, "Float stored in 8 bits", "4 bits").
public struct NarrowFloat: Sendable, Hashable {
  /// What the largest exponent stands for.
  enum Specials: Sendable, Hashable {
    /// Infinities and NaN, as in IEEE 754.
    case ieee
    /// Numbers, but for one NaN in which all bits are set.
    case nan
    /// Numbers; NaN is what would be minus zero.
    case nanAsNegativeZero
    /// Numbers, and no NaN anywhere.
    case none
  }

  let exponentBits: Int
  let mantissaBits: Int
  let bias: Int
  let specials: Specials
  /// False for E8M0, which has neither sign nor zero.
  let isSigned: Bool

  /// The format of the elements of `type`; nil for types that are no narrow floats.
  public init?(_ type: ElementType) {
    switch type {
    case .float16: self.init(5, 10, bias: 15, .ieee)
    case .bfloat16: self.init(8, 7, bias: 127, .ieee)
    case .float8e4m3fn: self.init(4, 3, bias: 7, .nan)
    case .float8e4m3fnuz: self.init(4, 3, bias: 8, .nanAsNegativeZero)
    case .float8e5m2: self.init(5, 2, bias: 15, .ieee)
    case .float8e5m2fnuz: self.init(5, 2, bias: 16, .nanAsNegativeZero)
    case .float8e8m0: self.init(8, 0, bias: 127, .nan, isSigned: false)
    case .float4e2m1: self.init(2, 1, bias: 1, .none)
    default: return nil
    }
  }

  private init(
    _ exponentBits: Int, _ mantissaBits: Int, bias: Int, _ specials: Specials, isSigned: Bool = true
  ) {
    self.exponentBits = exponentBits
    self.mantissaBits = mantissaBits
    self.bias = bias
    self.specials = specials
    self.isSigned = isSigned
  }

  /// Distance of neighbours as a fraction of their value, at most.
  public var spacing: Double { 1 / Double(1 << mantissaBits) }

  private var magnitudeMask: Int { 1 << (exponentBits + mantissaBits) - 1 }

  private var nan: Int {
    switch specials {
    case .ieee: magnitudeMask ^ (1 << mantissaBits - 1) | (1 << mantissaBits) >> 1
    case .nanAsNegativeZero: magnitudeMask + 1
    case .nan: magnitudeMask
    case .none: 0
    }
  }

  /// Bits of the largest number.
  private var largest: Int {
    switch specials {
    case .ieee: (1 << exponentBits - 1) << mantissaBits - 1
    case .nan: magnitudeMask - 1
    case .nanAsNegativeZero, .none: magnitudeMask
    }
  }

  /// The number that `bits` stand for.
  public func value(_ bits: UInt16) -> Float {
    let bits = Int(bits)
    let magnitude = bits & magnitudeMask
    let isNegative = isSigned && bits > magnitudeMask
    switch specials {
    case .ieee where magnitude > largest:
      if magnitude > largest + 1 { return .nan }
      return isNegative ? -.infinity : .infinity
    case .nan where magnitude == magnitudeMask: return .nan
    case .nanAsNegativeZero where bits == nan: return .nan
    default: break
    }
    let value = number(magnitude)
    return isNegative ? -value : value
  }

  private func number(_ magnitude: Int) -> Float {
    let (exponent, mantissa) = (magnitude >> mantissaBits, magnitude & (1 << mantissaBits - 1))
    let isNormal = exponent > 0 || !isSigned
    let significand = mantissa + (isNormal ? 1 << mantissaBits : 0)
    return Float(ldexp(Double(significand), max(exponent, isSigned ? 1 : 0) - bias - mantissaBits))
  }

  /// The bits of the number nearest to `value`, halves to even.
  ///
  /// - Parameters:
  ///   - saturate: Whether what is too large becomes the largest number; otherwise it is an
  ///     infinity, or NaN in formats without one. In a format without zero the same holds for
  ///     what is too small.
  ///   - rounding: The rule of a format that has powers of two only.
  public func bits(
    _ value: Double, saturate: Bool, rounding: PowerRounding = .up
  ) -> UInt16 {
    if value.isNaN { return UInt16(nan) }
    let sign = isSigned && value.sign == .minus ? magnitudeMask + 1 : 0
    let power = isSigned ? 0 : power(value.magnitude, rounding)
    if power < 0 { return UInt16(saturate ? 0 : nan) }
    let magnitude = isSigned ? nearest(value.magnitude) : power
    if magnitude <= largest {
      let bits = sign | magnitude
      return UInt16(specials == .nanAsNegativeZero && magnitude == 0 ? 0 : bits)
    }
    if saturate && (value.isFinite || specials != .ieee || exponentBits + mantissaBits < 8)
      || specials == .none
    {
      return UInt16(sign | largest)
    }
    return UInt16(specials == .ieee ? sign | largest + 1 : nan)
  }

  /// Bits of the nearest number, counted on beyond the largest one.
  private func nearest(_ magnitude: Double) -> Int {
    guard magnitude.isFinite else { return .max >> 1 }
    let exponent = magnitude == 0 ? 1 - bias : max(Int(magnitude.exponent), 1 - bias)
    // Exact: the quantum is a power of two.
    let quanta = ldexp(magnitude, mantissaBits - exponent).rounded(.toNearestOrEven)
    return (exponent + bias - 1) << mantissaBits + Int(quanta)
  }

  /// E8M0: bits of the power of two that stands for `magnitude`; below 0 where it is too small.
  private func power(_ magnitude: Double, _ rounding: PowerRounding) -> Int {
    guard magnitude.isFinite else { return .max >> 1 }
    guard magnitude != 0 else { return -1 }
    let (exponent, significand) = (Int(magnitude.exponent), magnitude.significand)
    let goesUp =
      switch rounding {
      case .up: significand > 1
      case .down: false
      case .nearest: significand >= 1.5
      }
    return exponent + bias + (goesUp ? 1 : 0)
  }
}

private func ldexp(_ value: Double, _ exponent: Int) -> Double {
  Glibc.ldexp(value, Int32(clamping: exponent))
}
