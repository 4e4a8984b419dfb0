extension ShapeRules {
  /// GridSample: [batch, channels, places...] from [batch, channels, spatial...] and
  /// [batch, places..., spatial axes].
  public static func gridSample(_ x: [Int], grid: [Int]) throws(KernelError) -> [Int] {
    guard x.count > 2, grid.count == x.count, grid[0] == x[0], grid.last == x.count - 2 else {
      throw .invalid("GridSample of \(x) at a grid of \(grid)")
    }
    return try checked(Array(x.prefix(2)) + grid.dropFirst().dropLast())
  }

  /// AffineGrid: [batch, spatial..., axes] from `theta` [batch, axes, axes + 1] and the `size`
  /// [batch, channels, spatial...] of two or three axes.
  public static func affineGrid(_ theta: [Int], size: [Int]) throws(KernelError) -> [Int] {
    let rank = size.count - 2
    guard rank == 2 || rank == 3, theta == [size[0], rank, rank + 1] else {
      throw .invalid("AffineGrid of \(theta) for a size of \(size)")
    }
    return try checked([size[0]] + size[2...] + [rank])
  }

  /// RoiAlign: [regions, channels, rows, columns] from [batch, channels, height, width], regions
  /// [regions, 4] and the index of each one's image [regions].
  public static func roiAlign(
    _ x: [Int], regions: [Int], images: [Int], _ parameters: RoiAlignParameters
  ) throws(KernelError) -> [Int] {
    guard x.count == 4, regions.count == 2, regions[1] == 4, images == [regions[0]],
      parameters.outputHeight > 0, parameters.outputWidth > 0, parameters.samplingRatio >= 0
    else {
      throw .invalid(
        "RoiAlign of \(x) in regions \(regions) of images \(images) to "
          + "\(parameters.outputHeight) x \(parameters.outputWidth)")
    }
    return try checked([regions[0], x[1], parameters.outputHeight, parameters.outputWidth])
  }
}
