/// ONNX's element-wise operators of one input whose result has the input's type.
///
/// Formulas are those of the ONNX operator of the same name, opsets up to 28.
public enum UnaryOperation: Sendable, Hashable {
  case abs, neg, sign, not
  case exp, log, sqrt, reciprocal, erf
  case sin, cos, tan, asin, acos, atan
  case sinh, cosh, tanh, asinh, acosh, atanh
  case floor, ceil
  /// Round: halves go to the even neighbour.
  case round
  case sigmoid, relu, softplus, softsign, hardSwish, mish
  /// LeakyRelu: `x < 0 ? alpha * x : x`.
  case leakyRelu(alpha: Float)
  /// Elu: `x < 0 ? alpha * (exp(x) - 1) : x`.
  case elu(alpha: Float)
  /// HardSigmoid: `max(0, min(1, alpha * x + beta))`.
  case hardSigmoid(alpha: Float, beta: Float)
  /// Gelu of opset 20.
  case gelu(GeluApproximation)
  /// Celu: `max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.
  case celu(alpha: Float)
  /// Selu: `gamma * (x > 0 ? x : alpha * (exp(x) - 1))`.
  case selu(alpha: Float, gamma: Float)
  /// ThresholdedRelu: `x > alpha ? x : 0`.
  case thresholdedRelu(alpha: Float)
  /// Shrink: `x < -lambda ? x + bias : x > lambda ? x - bias : 0`.
  case shrink(lambda: Float, bias: Float)
  /// Swish of opset 24: `x * sigmoid(alpha * x)`.
  case swish(alpha: Float)
}

/// The `approximate` attribute of Gelu.
public enum GeluApproximation: Sendable, Hashable {
  /// `0.5 * x * (1 + erf(x / sqrt(2)))`.
  case none
  /// `0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))`.
  case tanh
}

/// IsNaN and IsInf: questions about float elements, answered in bool.
public enum FloatPredicate: Sendable, Hashable {
  case isNaN
  /// IsInf with `detect_negative` and `detect_positive`.
  case isInfinite(negative: Bool, positive: Bool)
}

/// ONNX's arithmetic operators of two inputs, which broadcast.
public enum BinaryOperation: Sendable, Hashable {
  case add, sub, mul
  /// Div: integer quotients are truncated towards zero.
  case div
  /// Pow: the exponent may have another type than the base, whose type is the result's.
  case pow
  case min, max
  /// Mod: the result has the sign of the divisor, or with `fmod` that of the dividend as in C.
  case mod(fmod: Bool)
  /// PRelu: `a < 0 ? b * a : a`; the slope b broadcasts to a.
  case prelu
}

/// ONNX's comparisons of two inputs, which broadcast; the result is bool.
public enum Comparison: Sendable, Hashable {
  case equal, less, greater, lessOrEqual, greaterOrEqual
}

/// ONNX's And, Or and Xor of two bool inputs, which broadcast.
public enum LogicalOperation: Sendable, Hashable {
  case and, or, xor
}

/// Max, Min, Sum and Mean of any number of inputs, which broadcast.
public enum VariadicOperation: Sendable, Hashable {
  case max, min, sum, mean
}

/// ONNX's reductions over axes.
public enum ReduceOperation: Sendable, Hashable {
  case sum, mean, max, min, prod, l1, l2, sumSquare, logSum, logSumExp
}

/// ArgMax and ArgMin.
public enum ArgReduceOperation: Sendable, Hashable {
  case max, min
}

/// The `mode` attribute of Pad.
public enum PadMode: String, Sendable, Hashable {
  case constant, reflect, edge
  /// Opset 19: the input repeats.
  case wrap
}

/// The `auto_pad` attribute of Conv.
public enum AutoPad: Sendable, Hashable {
  case notSet, sameUpper, sameLower, valid
}

/// Attributes of Gemm: `alpha * A' * B' + beta * C`.
public struct GemmParameters: Sendable, Hashable {
  /// Factor of the product.
  public var alpha: Float
  /// Factor of C.
  public var beta: Float
  /// A is stored as [K, M].
  public var transposeA: Bool
  /// B is stored as [N, K].
  public var transposeB: Bool

  /// ONNX's defaults: `A * B + C`.
  public init(
    alpha: Float = 1, beta: Float = 1, transposeA: Bool = false, transposeB: Bool = false
  ) {
    self.alpha = alpha
    self.beta = beta
    self.transposeA = transposeA
    self.transposeB = transposeB
  }
}

/// Attributes of Conv. An empty array stands for an attribute that is absent.
public struct ConvParameters: Sendable, Hashable {
  /// Dilation along each spatial axis; absent: 1.
  public var dilations: [Int]
  /// Number of groups of channels.
  public var group: Int
  /// Extent of the kernel along each spatial axis; absent: as the weight's shape says.
  public var kernelShape: [Int]
  /// Padding: the begins of all spatial axes, then their ends; absent: 0.
  public var pads: [Int]
  /// Stride along each spatial axis; absent: 1.
  public var strides: [Int]
  /// Rule for the padding, instead of ``pads``.
  public var autoPad: AutoPad

  /// ONNX's defaults.
  public init(
    dilations: [Int] = [], group: Int = 1, kernelShape: [Int] = [], pads: [Int] = [],
    strides: [Int] = [], autoPad: AutoPad = .notSet
  ) {
    self.dilations = dilations
    self.group = group
    self.kernelShape = kernelShape
    self.pads = pads
    self.strides = strides
    self.autoPad = autoPad
  }
}
