/// The weights of one direction of a resize, in Pillow's fixed point: 22 bits after the point,
/// which leaves 2 bits above a sum of 8-bit samples for weights that overshoot.
struct ResampleKernels {
  /// The first source position of each new one.
  private(set) var starts: [Int] = []
  private var offsets: [Int] = [0]
  private var weights: [Int32] = []

  private static let fractionBits: Int32 = 22

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
      starts.append(start)
      weights += raw.map { Self.fixedPoint(sum == 0 ? $0 : $0 / sum) }
      offsets.append(weights.count)
    }
  }

  /// The new sample at `position` out of `samples` at `first`, `first + step` and so on.
  func apply(_ position: Int, _ samples: [UInt8], from first: Int, step: Int) -> UInt8 {
    var sum: Int32 = 1 << (Self.fractionBits - 1)
    var source = first
    for index in offsets[position]..<offsets[position + 1] {
      sum &+= Int32(samples[source]) &* weights[index]
      source += step
    }
    return UInt8(clamping: sum >> Self.fractionBits)
  }

  private static func fixedPoint(_ weight: Double) -> Int32 {
    Int32(weight * Double(1 << fractionBits) + (weight < 0 ? -0.5 : 0.5))
  }
}
