/// How a value between the elements of a grid is made of those around it.
public enum Interpolation: Sendable, Hashable {
  case nearest, linear, cubic
}

/// The `padding_mode` attribute of GridSample: what lies beyond the edges.
public enum GridPadding: Sendable, Hashable {
  case zeros, border, reflection
}

/// Attributes of GridSample.
public struct GridSampleParameters: Sendable, Hashable {
  /// The `mode` attribute.
  public var mode: Interpolation
  /// What lies beyond the edges.
  public var padding: GridPadding
  /// -1 and 1 are the centres of the outermost elements, not their outer edges.
  public var alignCorners: Bool

  /// ONNX's defaults.
  public init(
    mode: Interpolation = .linear, padding: GridPadding = .zeros, alignCorners: Bool = false
  ) {
    self.mode = mode
    self.padding = padding
    self.alignCorners = alignCorners
  }
}

/// Attributes of RoiAlign.
public struct RoiAlignParameters: Sendable, Hashable {
  /// Takes the largest sample of a bin, not the mean of all.
  public var takesMaximum: Bool
  /// Rows of the result.
  public var outputHeight: Int
  /// Columns of the result.
  public var outputWidth: Int
  /// Samples along each axis of a bin; 0: as many as the bin is long.
  public var samplingRatio: Int
  /// From the coordinates of a region to those of the input.
  public var spatialScale: Float
  /// Shifts the regions by half an element (`half_pixel`, opset 16).
  public var halfPixel: Bool

  /// ONNX's defaults, but for the shift, which versions differ in.
  public init(
    takesMaximum: Bool = false, outputHeight: Int = 1, outputWidth: Int = 1, samplingRatio: Int = 0,
    spatialScale: Float = 1, halfPixel: Bool = true
  ) {
    self.takesMaximum = takesMaximum
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.samplingRatio = samplingRatio
    self.spatialScale = spatialScale
    self.halfPixel = halfPixel
  }
}
