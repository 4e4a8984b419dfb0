/// How far Resize goes along each axis.
public struct ResizeGeometry: Sendable, Hashable {
  /// Output over input for each axis.
  public let scales: [Double]
  /// The shape of the result.
  public let output: [Int]

  /// Resolves the scales or sizes of a Resize of `input`: one of the two must be there.
  ///
  /// - Parameters:
  ///   - scales: A factor for each of the operator's axes.
  ///   - sizes: A size for each of them.
  public init(
    input: [Int], scales: [Float]?, sizes: [Int]?, _ parameters: ResizeParameters
  ) throws(KernelError) {
    let axes = try ShapeRules.axes(parameters.axes ?? Array(input.indices), rank: input.count)
    var factors = [Double](repeating: 1, count: input.count)
    var output = input
    if let sizes {
      guard scales == nil, sizes.count == axes.count, sizes.allSatisfy({ $0 >= 0 }) else {
        throw .invalid("Resize of \(input) to sizes \(sizes) on axes \(axes)")
      }
      let ratios = zip(axes, sizes).map { Double($1) / Double(Swift.max(input[$0], 1)) }
      let common = parameters.aspect == .notLarger ? ratios.min() : ratios.max()
      for (index, axis) in axes.enumerated() {
        if parameters.aspect == .stretch {
          (factors[axis], output[axis]) = (ratios[index], sizes[index])
        } else {
          factors[axis] = common ?? 1
          output[axis] = try Self.size(Double(input[axis]) * factors[axis] + 0.5, input)
        }
      }
    } else {
      guard let scales, scales.count == axes.count, scales.allSatisfy({ $0 > 0 && $0.isFinite })
      else { throw .invalid("Resize of \(input) by scales \(scales ?? []) on axes \(axes)") }
      for (axis, scale) in zip(axes, scales) {
        factors[axis] = Double(scale)
        // In float32, as the factor is.
        output[axis] = try Self.size(Double(Float(input[axis]) * scale), input)
      }
    }
    self.scales = factors
    self.output = try ShapeRules.checked(output)
  }

  private static func size(_ value: Double, _ input: [Int]) throws(KernelError) -> Int {
    guard value >= 0, value < Double(ShapeRules.maximumElementCount) else {
      throw .invalid("Resize of \(input) to a size of \(value)")
    }
    return Int(value.rounded(.down))
  }
}
