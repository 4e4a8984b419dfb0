extension RGBImage {
  /// The image at `width` x `height`, equal byte for byte to Pillow's `Image.resize`.
  ///
  /// A filter other than nearest is applied to the rows and then to the columns, each time in
  /// fixed point with a rounded 8-bit result; where the image shrinks, its kernel widens to cover
  /// what one new pixel stands for.
  ///
  /// - Precondition: `width` and `height` are positive.
  public func resized(width: Int, height: Int, filter: ResampleFilter) -> RGBImage {
    precondition(width > 0 && height > 0)
    if width == self.width && height == self.height { return self }
    if filter == .nearest { return nearest(width: width, height: height) }
    return horizontally(width: width, filter).vertically(height: height, filter)
  }

  private func nearest(width: Int, height: Int) -> RGBImage {
    let columns = Self.nearestSources(from: self.width, to: width)
    let rows = Self.nearestSources(from: self.height, to: height)
    var result: [UInt8] = []
    result.reserveCapacity(width * height * 3)
    for row in rows {
      for column in columns {
        let source = (row * self.width + column) * 3
        result.append(contentsOf: samples[source..<source + 3])
      }
    }
    return RGBImage(width: width, height: height, samples: result)
  }

  /// Pillow adds up the coordinate step by step, which decides ties, so this does too.
  private static func nearestSources(from size: Int, to newSize: Int) -> [Int] {
    let scale = Double(size) / Double(newSize)
    var coordinate = scale * 0.5
    return (0..<newSize).map { _ in
      defer { coordinate += scale }
      return min(Int(coordinate), size - 1)
    }
  }

  private func horizontally(width: Int, _ filter: ResampleFilter) -> RGBImage {
    if width == self.width { return self }
    let kernels = ResampleKernels(from: self.width, to: width, filter: filter)
    var result = [UInt8](repeating: 0, count: width * height * 3)
    for row in 0..<height {
      let source = row * self.width * 3
      for column in 0..<width {
        let first = source + kernels.starts[column] * 3
        for channel in 0..<3 {
          result[(row * width + column) * 3 + channel] = kernels.apply(
            column, samples, from: first + channel, step: 3)
        }
      }
    }
    return RGBImage(width: width, height: height, samples: result)
  }

  private func vertically(height: Int, _ filter: ResampleFilter) -> RGBImage {
    if height == self.height { return self }
    let kernels = ResampleKernels(from: self.height, to: height, filter: filter)
    let rowSamples = width * 3
    var result = [UInt8](repeating: 0, count: height * rowSamples)
    for row in 0..<height {
      let first = kernels.starts[row] * rowSamples
      for offset in 0..<rowSamples {
        result[row * rowSamples + offset] = kernels.apply(
          row, samples, from: first + offset, step: rowSamples)
      }
    }
    return RGBImage(width: width, height: height, samples: result)
  }
}
