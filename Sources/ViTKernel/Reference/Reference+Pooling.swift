#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Reference {
  /// MaxPool, AveragePool or LpPool of [batch, channels, spatial...], and the operators called Global.
  ///
  /// - Returns: The result, and MaxPool's Indices: int64 offsets of the largest elements in the input.
  public static func pool(
    _ operation: PoolOperation, _ x: Tensor, _ parameters: PoolParameters
  ) throws(KernelError) -> (y: Tensor, indices: Tensor) {
    let geometry = try ShapeRules.poolGeometry(x.shape, parameters)
    let shape = try ShapeRules.pool(x.shape, parameters)
    if operation != .max { try requireFloat("pooling", x) }
    if shape.contains(0) {
      return (Tensor(x.elementType, shape: shape), Tensor(.int64, shape: shape))
    }
    let (windows, padded) = (taps(geometry), paddedCounts(geometry))
    let values = doubles(x)
    let plane = geometry.input.reduce(1, *)
    var (results, places): ([Double], [Int64]) = ([], [])
    for image in 0..<shape.prefix(2).reduce(1, *) {
      for (place, window) in windows.enumerated() {
        let base = image * plane
        let elements = window.map { values[base + $0.input] }
        switch operation {
        case .max:
          let best = elements.indices.reduce(into: 0) { best, next in
            if elements[next] > elements[best] || elements[next].isNaN { best = next }
          }
          results.append(elements.isEmpty ? -.infinity : elements[best])
          let offset = window.isEmpty ? 0 : window[best].input
          places.append(Int64(base + (parameters.columnMajor ? turned(offset, geometry) : offset)))
        case .average(let countsPadding):
          let count = countsPadding ? padded[place] : elements.count
          results.append(count == 0 ? 0 : elements.reduce(0, +) / Double(count))
        case .lp(let p):
          let sum = elements.reduce(0) { $0 + pow($1.magnitude, Double(p)) }
          results.append(pow(sum, 1 / Double(p)))
        }
      }
    }
    let indices = operation == .max ? Tensor(places, shape: shape) : Tensor(.int64, shape: [0])
    return (tensor(results, shape: shape, as: x.elementType), indices)
  }

  /// An offset into the plane with its axes in the reverse order (`storage_order` 1).
  private static func turned(_ offset: Int, _ geometry: ConvGeometry) -> Int {
    var (rest, result, stride) = (offset, 0, geometry.input.reduce(1, *))
    for extent in geometry.input.reversed() {
      stride /= extent
      result += rest % extent * stride
      rest /= extent
    }
    return result
  }
}
