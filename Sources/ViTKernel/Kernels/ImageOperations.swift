/// The `mode` attribute of Resize.
public enum ResizeMode: Sendable, Hashable {
  /// The element at one of the two places beside the coordinate.
  case nearest(NearestMode)
  case linear
  /// Cubic convolution with the coefficient `a`.
  case cubic(a: Float)
}

/// The `nearest_mode` attribute of Resize: which of two neighbours.
public enum NearestMode: String, Sendable, Hashable {
  case roundPreferFloor = "round_prefer_floor"
  case roundPreferCeil = "round_prefer_ceil"
  case floor
  case ceil
}

/// The `coordinate_transformation_mode` attribute of Resize.
public enum CoordinateMode: String, Sendable, Hashable {
  case halfPixel = "half_pixel"
  case halfPixelSymmetric = "half_pixel_symmetric"
  case pytorchHalfPixel = "pytorch_half_pixel"
  case alignCorners = "align_corners"
  case asymmetric
  case cropAndResize = "tf_crop_and_resize"
}

/// The `keep_aspect_ratio_policy` attribute of Resize.
public enum AspectPolicy: String, Sendable, Hashable {
  case stretch
  case notLarger = "not_larger"
  case notSmaller = "not_smaller"
}

/// Attributes of Resize and Upsample.
public struct ResizeParameters: Sendable, Hashable {
  /// How elements are mixed.
  public var mode: ResizeMode
  /// Where the input is sampled.
  public var coordinates = CoordinateMode.halfPixel
  /// Whether the kernel grows with the distance of the samples when the input shrinks.
  public var antialias = false
  /// Axes that scales and sizes are about; nil for all.
  public var axes: [Int]?
  /// What sizes are for.
  public var aspect = AspectPolicy.stretch
  /// Whether weights of places outside the input are set to 0.
  public var excludeOutside = false
  /// What `tf_crop_and_resize` puts where it samples outside the input.
  public var extrapolation: Float = 0

  /// Resize with the defaults of its other attributes.
  public init(mode: ResizeMode) { self.mode = mode }
}

/// MaxPool, AveragePool and LpPool.
public enum PoolOperation: Sendable, Hashable {
  case max
  /// AveragePool; whether padding counts as zeros.
  case average(countsPadding: Bool)
  /// LpPool: `(sum |x|^p)^(1/p)`.
  case lp(p: Int)
}

/// Attributes of the pooling operators. An empty array stands for an attribute that is absent.
public struct PoolParameters: Sendable, Hashable {
  /// Extent of the window along each spatial axis; empty for all of the image, as in the operators
  /// called Global.
  public var kernel: [Int]
  /// As in ``ConvParameters``.
  public var dilations: [Int] = []
  /// As in ``ConvParameters``.
  public var pads: [Int] = []
  /// As in ``ConvParameters``.
  public var strides: [Int] = []
  /// As in ``ConvParameters``.
  public var autoPad = AutoPad.notSet
  /// Whether a window that reaches beyond the padding counts.
  public var ceilMode = false
  /// MaxPool: Indices count along the last axis but one first (`storage_order` 1).
  public var columnMajor = false

  /// Windows of `kernel` with the defaults of the other attributes.
  public init(kernel: [Int] = []) { self.kernel = kernel }
}
