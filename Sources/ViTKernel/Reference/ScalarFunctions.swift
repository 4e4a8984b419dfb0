#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// The function on real numbers of an element-wise operator; NaN for Not, which has none.
  static func value(of operation: UnaryOperation, at x: Double) -> Double {
    switch operation {
    case .not: .nan
    case .abs: x.magnitude
    case .neg: -x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x.isNaN ? x : 0
    case .sqrt: x.squareRoot()
    case .reciprocal: 1 / x
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .exp: exp(x)
    case .log: log(x)
    case .erf: erf(x)
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: tan(x)
    case .asin: asin(x)
    case .acos: acos(x)
    case .atan: atan(x)
    case .sinh: sinh(x)
    case .cosh: cosh(x)
    case .tanh: tanh(x)
    case .asinh: asinh(x)
    case .acosh: acosh(x)
    case .atanh: atanh(x)
    default: activation(operation, at: x)
    }
  }

  private static func activation(_ operation: UnaryOperation, at x: Double) -> Double {
    switch operation {
    case .relu: larger(x, 0)
    case .sigmoid: 1 / (1 + exp(-x))
    case .softplus: softplus(x)
    case .softsign: x / (1 + x.magnitude)
    case .hardSwish: x * clamped(x / 6 + 0.5, from: 0, to: 1)
    case .mish: x * tanh(softplus(x))
    case .leakyRelu(let alpha): x < 0 ? Double(alpha) * x : x
    case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
    case .hardSigmoid(let alpha, let beta):
      clamped(Double(alpha) * x + Double(beta), from: 0, to: 1)
    case .gelu(.none): 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    case .gelu(.tanh):
      0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .celu(let alpha):
      larger(x, 0) + smaller(0, Double(alpha) * expm1(x / Double(alpha)))
    case .selu(let alpha, let gamma): Double(gamma) * (x > 0 ? x : Double(alpha) * expm1(x))
    case .thresholdedRelu(let alpha): x > Double(alpha) ? x : 0
    case .shrink(let lambda, let bias): shrunk(x, Double(lambda), Double(bias))
    case .swish(let alpha): x / (1 + exp(-Double(alpha) * x))
    default: .nan
    }
  }

  private static func shrunk(_ x: Double, _ lambda: Double, _ bias: Double) -> Double {
    x < -lambda ? x + bias : x > lambda ? x - bias : 0
  }

  /// `log(1 + exp(x))` without overflow.
  private static func softplus(_ x: Double) -> Double {
    x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
  }

  /// The larger number; NaN if either is, as in numpy and ONNX Runtime.
  static func larger<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a.isNaN ? a : b.isNaN ? b : a > b ? a : b
  }

  /// The smaller number; NaN if either is.
  static func smaller<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a.isNaN ? a : b.isNaN ? b : a < b ? a : b
  }

  /// `value` between the bounds, the upper one winning; a NaN stays, and a NaN bound is none.
  static func clamped<Number: Comparable>(
    _ value: Number, from lower: Number?, to upper: Number?
  ) -> Number {
    var result = value
    if let lower, result < lower { result = lower }
    if let upper, result > upper { result = upper }
    return result
  }
}
