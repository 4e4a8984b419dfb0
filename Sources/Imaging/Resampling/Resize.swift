import CImaging

extension RGBImage {
  /// The image at `width` x `height`, equal byte for byte to `Image.resize` of Pillow 13.
  ///
  /// A filter other than nearest is applied to the rows and to the columns, each time in fixed point
  /// with a rounded 8-bit result; where the image shrinks, its kernel widens to cover what one new
  /// pixel stands for. Rows come first unless far more rows than columns go (Pillow's pull request
  /// 9549; Pillow 12 and older always begin with the rows).
  ///
  /// - Precondition: `width` and `height` are positive.
  public func resized(width: Int, height: Int, filter: ResampleFilter) -> RGBImage {
    precondition(width > 0 && height > 0)
    if width == self.width && height == self.height { return self }
    if filter == .nearest { return nearest(width: width, height: height) }
    let isColumnsFirst =
      height < self.height && self.height - height > 2 * (self.width - width)
    return isColumnsFirst
      ? vertically(height: height, filter).horizontally(width: width, filter)
      : horizontally(width: width, filter).vertically(height: height, filter)
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
    return filled(width: width, height: height) {
      vitq_resample_rows(
        samples, height, self.width, width, kernels.windows, kernels.weights, $0)
    }
  }

  private func vertically(height: Int, _ filter: ResampleFilter) -> RGBImage {
    if height == self.height { return self }
    let kernels = ResampleKernels(from: self.height, to: height, filter: filter)
    return filled(width: width, height: height) {
      vitq_resample_columns(samples, width * 3, height, kernels.windows, kernels.weights, $0)
    }
  }

  private func filled(
    width: Int, height: Int, _ fill: (UnsafeMutablePointer<UInt8>?) -> Void
  ) -> RGBImage {
    let count = width * height * 3
    let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(buffer.baseAddress)
      initialized = count
    }
    return RGBImage(width: width, height: height, samples: samples)
  }
}
