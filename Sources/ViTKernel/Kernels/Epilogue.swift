import CKernels

/// A function of one value, applied to a product's result.
public enum Activation: Sendable, Hashable, CaseIterable {
  /// The value itself.
  case none
  /// `max(0, x)`.
  case relu
  /// `x / 2 * (1 + erf(x / sqrt(2)))`: ONNX Gelu-20, approximate "none".
  case geluErf
  /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))`: ONNX Gelu-20, approximate "tanh".
  case geluTanh
  /// `x * sigmoid(1.702 * x)`: ONNX Swish-24 with alpha = 1.702, CLIP's Gelu.
  case quickGelu
  /// `x * sigmoid(x)`: ONNX Swish-24.
  case silu
}

extension Activation {
  var code: vitq_activation {
    switch self {
    case .none: VITQ_ACTIVATION_NONE
    case .relu: VITQ_ACTIVATION_RELU
    case .geluErf: VITQ_ACTIVATION_GELU_ERF
    case .geluTanh: VITQ_ACTIVATION_GELU_TANH
    case .quickGelu: VITQ_ACTIVATION_QUICK_GELU
    case .silu: VITQ_ACTIVATION_SILU
    }
  }
}

extension KernelSet {
  /// The loop that applies `activation` to a tile, nil where there is nothing to apply.
  func activate(_ activation: Activation) -> vitq_activate? {
    let (none, relu, geluErf, geluTanh, quickGelu, silu) = float.pointee.activate
    return switch activation {
    case .none: none
    case .relu: relu
    case .geluErf: geluErf
    case .geluTanh: geluTanh
    case .quickGelu: quickGelu
    case .silu: silu
    }
  }
}

/// What becomes of a product before it is written: `activation(product + bias) * scale + residual`.
public struct Epilogue: Sendable {
  /// One float32 value for each column, or nil.
  public var bias: Tensor?
  /// Applied after the bias.
  public var activation: Activation
  /// float32 of the result's shape, added last, or nil.
  public var residual: Tensor?
  /// One float32 value for each column, or nil; of float32 products only.
  public var scale: Tensor?

  /// An epilogue; without arguments, the product is written as it is.
  public init(
    bias: Tensor? = nil, activation: Activation = .none, residual: Tensor? = nil,
    scale: Tensor? = nil
  ) {
    self.bias = bias
    self.activation = activation
    self.residual = residual
    self.scale = scale
  }
}
