import ViTKernel

/// Where each value of a compiled graph lives: offsets into one arena, shared by values that are
/// never needed at the same time.
///
/// Offsets are chosen greedily, the largest value first, each at the lowest place that no value of
/// an overlapping lifetime holds (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural
/// Net Inference", 2020).
package struct MemoryPlan {
  /// Bytes of the arena.
  package private(set) var arenaBytes = 0
  package private(set) var offsets: [Int]

  /// A block that must exist from the step that writes it to the last one that reads it.
  package struct Request {
    package let bytes: Int
    package let steps: ClosedRange<Int>

    package init(bytes: Int, steps: ClosedRange<Int>) {
      self.bytes = bytes
      self.steps = steps
    }
  }

  private struct Placement {
    let range: Range<Int>
    let steps: ClosedRange<Int>
  }

  /// Places all `requests`; the offset of request i is `offsets[i]`.
  package init(_ requests: [Request]) {
    offsets = Array(repeating: 0, count: requests.count)
    // In the order of their places, so that the first gap is found by one walk.
    var placed: [Placement] = []
    let order = requests.indices.sorted {
      (requests[$0].bytes, $1) > (requests[$1].bytes, $0)
    }
    for index in order {
      let request = requests[index]
      let bytes = Self.padded(request.bytes)
      var offset = 0
      for neighbour in placed where neighbour.steps.overlaps(request.steps) {
        if offset + bytes <= neighbour.range.lowerBound { break }
        offset = max(offset, neighbour.range.upperBound)
      }
      placed.insert(
        Placement(range: offset..<offset + bytes, steps: request.steps),
        at: Self.place(of: offset, in: placed))
      offsets[index] = offset
      arenaBytes = max(arenaBytes, offset + bytes)
    }
  }

  /// The first position in `placed` whose block begins beyond `offset`.
  private static func place(of offset: Int, in placed: [Placement]) -> Int {
    var range = placed.indices
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if placed[middle].range.lowerBound <= offset {
        range = middle + 1..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    return range.lowerBound
  }

  /// Kernels may read one whole vector past the end of a value.
  private static func padded(_ bytes: Int) -> Int {
    let alignment = TensorStorage.alignment
    return (bytes + alignment - 1) / alignment * alignment + alignment
  }
}
