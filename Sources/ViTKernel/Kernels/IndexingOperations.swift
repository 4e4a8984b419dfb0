/// CumSum and CumProd.
public enum ScanOperation: Sendable, Hashable {
  case sum, product
}

/// The `reduction` attribute of ScatterElements and ScatterND: what an update does to the element
/// that is there.
public enum ScatterReduction: String, Sendable, Hashable {
  /// Replaces it; of several updates of one element the last stays.
  case none
  case add, mul
  /// Opset 18.
  case max, min
}

/// ONNX's BitwiseAnd, BitwiseOr and BitwiseXor of two integers, which broadcast.
public enum BitwiseOperation: Sendable, Hashable {
  case and, or, xor
}

/// The `direction` attribute of BitShift.
public enum ShiftDirection: String, Sendable, Hashable {
  case left = "LEFT"
  case right = "RIGHT"
}

/// HannWindow, HammingWindow and BlackmanWindow.
public enum WindowFunction: Sendable, Hashable {
  case hann, hamming, blackman
}

/// The `reduction` attribute of the losses.
public enum LossReduction: String, Sendable, Hashable {
  case none, sum, mean
}

/// Which element stands for the class that a loss leaves out, and what becomes of all losses.
public struct LossParameters: Sendable, Hashable {
  /// Rule by which the losses become one.
  public var reduction: LossReduction
  /// Targets of this class count nothing; nil where all count.
  public var ignoreIndex: Int?

  /// ONNX's defaults: the mean over all targets.
  public init(reduction: LossReduction = .mean, ignoreIndex: Int? = nil) {
    self.reduction = reduction
    self.ignoreIndex = ignoreIndex
  }
}
