#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// HannWindow, HammingWindow or BlackmanWindow 17 of `size` points, as `type`.
  ///
  /// - Parameter periodic: The first `size` points of a window of one more.
  public static func window(
    _ function: WindowFunction, size: Int, periodic: Bool = true, type: ElementType = .float32
  ) throws(KernelError) -> Tensor {
    guard size >= 0 else { throw .invalid("a window of size \(size)") }
    let shape = try ShapeRules.checked([size])
    let period = Double(periodic ? size : size - 1)
    let values = (0..<size).map { index in
      let angle = 2 * Double.pi * Double(index) / period
      return switch function {
      case .hann: 0.5 - 0.5 * cos(angle)
      case .hamming: 25.0 / 46 - 21.0 / 46 * cos(angle)
      case .blackman: 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle)
      }
    }
    return tensor(values, shape: shape, as: type)
  }

  /// NegativeLogLikelihoodLoss 22: `-x` at each target's class, times the class' weight.
  ///
  /// - Parameters:
  ///   - x: Logarithms of probabilities, float32 or float64 [batch, classes, ...].
  ///   - targets: int32 or int64 [batch, ...]: classes.
  ///   - weights: Of x's type [classes]; absent: 1.
  /// - Returns: A loss for each target, or their sum, or their mean by weight.
  public static func negativeLogLikelihood(
    _ x: Tensor, targets: Tensor, weights: Tensor? = nil, _ parameters: LossParameters
  ) throws(KernelError) -> Tensor {
    try requireFloat("NegativeLogLikelihoodLoss", x)
    try requireSameType("NegativeLogLikelihoodLoss", x, weights ?? x)
    let shape = try ShapeRules.loss(
      x.shape, targets: targets.shape, weights: weights?.shape, reduction: parameters.reduction)
    let (classes, values) = (x.shape[1], doubles(x))
    let inner = x.shape[2...].reduce(1, *)
    let factors = weights.map(doubles)
    var (losses, total) = ([Double](), 0.0)
    for (place, target) in try integers(targets).enumerated() {
      guard target != parameters.ignoreIndex else {
        losses.append(0)
        continue
      }
      guard (0..<classes).contains(target) else {
        throw .invalid("a loss for class \(target) of \(classes)")
      }
      let factor = factors?[target] ?? 1
      losses.append(-factor * values[(place / inner * classes + target) * inner + place % inner])
      total += factor
    }
    let sum = losses.reduce(0, +)
    switch parameters.reduction {
    case .none: return tensor(losses, shape: shape, as: x.elementType)
    case .sum: return tensor([sum], shape: shape, as: x.elementType)
    case .mean: return tensor([sum / total], shape: shape, as: x.elementType)
    }
  }
}
