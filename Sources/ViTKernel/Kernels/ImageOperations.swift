/// The `mode` attribute of Resize.
public enum ResizeMode: Sendable, Hashable {
  /// The element at one of the two places beside the coordinate.
  case nearest(NearestMode)
  /// Upsample's and Resize 10's: the element before the coordinate, or, as in ONNX Runtime, that after
  /// it where the axis shrinks.
  case nearestOfOldVersions
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
  /// Of versions 11 and 12.
  case halfPixelForNearest = "tf_half_pixel_for_nn"
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

/// Attributes of ConvTranspose.
public struct ConvTransposeParameters: Sendable, Hashable {
  /// Those that it shares with Conv.
  public var window: ConvParameters
  /// Elements added to the end of each spatial axis; absent: 0.
  public var outputPadding: [Int]
  /// Spatial shape of the result, instead of the padding; absent: as the padding says.
  public var outputShape: [Int]

  /// ONNX's defaults.
  public init(
    _ window: ConvParameters = ConvParameters(), outputPadding: [Int] = [], outputShape: [Int] = []
  ) {
    self.window = window
    self.outputPadding = outputPadding
    self.outputShape = outputShape
  }
}

/// Attributes of DeformConv.
public struct DeformConvParameters: Sendable, Hashable {
  /// Those that it shares with Conv.
  public var window: ConvParameters
  /// Number of groups of channels that share offsets.
  public var offsetGroup: Int

  /// ONNX's defaults.
  public init(_ window: ConvParameters = ConvParameters(), offsetGroup: Int = 1) {
    self.window = window
    self.offsetGroup = offsetGroup
  }
}

/// Attributes of LRN: `x / (bias + alpha / size * sum(x^2 over size channels))^beta`.
public struct LocalResponseParameters: Sendable, Hashable {
  /// Factor of the squares' mean.
  public var alpha: Float
  /// The exponent.
  public var beta: Float
  /// Added to the mean.
  public var bias: Float
  /// Number of neighbouring channels.
  public var size: Int

  /// LRN over `size` channels, with ONNX's defaults.
  public init(alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1, size: Int) {
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
    self.size = size
  }
}
