import CImaging

/// The weights of one direction of a resize, in Pillow's fixed point: 22 bits after the point,
/// which leaves 2 bits above a sum of 8-bit samples for weights that overshoot.
struct ResampleKernels {
  /// For each new position the old ones, and where their weights are.
  private(set) var windows: [vitq_window] = []
  /// The weights of all windows.
  private(set) var weights: [Int32] = []

  private static let fractionBits: Int32 = 22

  /// Pillow's `precompute_coeffs`, operation by operation: the order decides the last bits.
  init(from size: Int, to newSize: Int, filter: ResampleFilter) {
    let scale = Double(size) / Double(newSize)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    let inverse = 1 / filterScale
    for position in 0..<newSize {
      let centre = (Double(position) + 0.5) * scale
      let start = max(0, Int(centre - support + 0.5))
      let end = min(size, Int(centre + support + 0.5))
      let raw = (0..<max(0, end - start)).map {
        filter.weight((Double($0 + start) - centre + 0.5) * inverse)
      }
      let sum = raw.reduce(0, +)
      windows.append(
        vitq_window(start: Int32(start), count: Int32(raw.count), offset: Int32(weights.count)))
      weights += raw.map { Self.fixedPoint(sum == 0 ? $0 : $0 / sum) }
    }
  }

  private static func fixedPoint(_ weight: Double) -> Int32 {
    Int32(weight * Double(1 << fractionBits) + (weight < 0 ? -0.5 : 0.5))
  }
}
