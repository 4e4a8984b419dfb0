// Convolutions, pools and their transposes are stated as lists of which element of the kernel meets
// which element of the input.
extension Reference {
  /// One element of the kernel over one element of the input, as offsets into their planes.
  struct Tap {
    let input: Int
    let kernel: Int
  }

  /// For each output position in row-major order, the taps that do not fall into the padding.
  static func taps(_ geometry: ConvGeometry) -> [[Tap]] {
    var positions = [[Tap(input: 0, kernel: 0)]]
    for axis in geometry.input.indices {
      let (extent, kernel) = (geometry.input[axis], geometry.kernel[axis])
      positions = positions.flatMap { outer in
        (0..<geometry.output[axis]).map { output in
          let start = geometry.start(of: output, axis: axis)
          let steps = geometry.steps(from: start, axis: axis, below: extent)
          return outer.flatMap { tap in
            steps.map { step in
              Tap(
                input: tap.input * extent + start + step * geometry.dilations[axis],
                kernel: tap.kernel * kernel + step)
            }
          }
        }
      }
    }
    return positions
  }

  /// For each output position, the number of its kernel's elements over the input and its padding.
  static func paddedCounts(_ geometry: ConvGeometry) -> [Int] {
    geometry.input.indices.reduce([1]) { counts, axis in
      let (begin, end) = (geometry.padBegins[axis], geometry.padEnds[axis])
      let lengths = (0..<geometry.output[axis]).map { output in
        let start = geometry.start(of: output, axis: axis) + begin
        return geometry.steps(from: start, axis: axis, below: geometry.input[axis] + begin + end)
          .count
      }
      return counts.flatMap { count in lengths.map { count &* $0 } }
    }
  }
}

extension ConvGeometry {
  /// Where the window of an output position begins; before 0 in the padding.
  func start(of output: Int, axis: Int) -> Int { output * strides[axis] - padBegins[axis] }

  /// Which of the kernel's elements fall on positions from 0 on, below `limit`, where the first one
  /// falls on `start`.
  func steps(from start: Int, axis: Int, below limit: Int) -> Range<Int> {
    let dilation = dilations[axis]
    let first = start >= 0 ? 0 : (-1 - start) / dilation + 1
    let end = start >= limit ? 0 : (limit - 1 - start) / dilation + 1
    return first..<Swift.max(first, Swift.min(end, kernel[axis]))
  }
}
