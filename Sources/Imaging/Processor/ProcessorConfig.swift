/// What `preprocessor_config.json` says about making pixels out of an image: the steps of Hugging
/// Face's image processors, in the order of the properties.
public struct ProcessorConfig: Codable, Sendable, Equatable {
  /// What an image is resized to.
  public enum Size: Codable, Sendable, Equatable {
    /// Exactly so many rows and columns.
    case exact(height: Int, width: Int)
    /// The shorter side to so many pixels, the longer in proportion.
    case shortestEdge(Int)
    /// The shorter side to so many pixels, or to fewer where the longer would exceed its own.
    case edges(shortest: Int, longest: Int)
    /// As large as fits into so many rows and columns, in proportion.
    case within(height: Int, width: Int)
  }

  /// Rows and columns of a crop.
  public struct Crop: Codable, Sendable, Equatable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// A crop of `height` x `width`.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  /// Mean and standard deviation of each channel.
  public struct Normalization: Codable, Sendable, Equatable {
    /// What is subtracted from red, green and blue.
    public var mean: [Double]
    /// What red, green and blue are then divided by.
    public var standardDeviation: [Double]

    /// A normalization by `mean` and `standardDeviation`, three values each.
    public init(mean: [Double], standardDeviation: [Double]) {
      precondition(mean.count == 3 && standardDeviation.count == 3)
      self.mean = mean
      self.standardDeviation = standardDeviation
    }
  }

  /// `size` where `do_resize` holds; nil leaves images as large as they are.
  public var size: Size?
  /// `resample`: how images are resized.
  public var filter: ResampleFilter
  /// `crop_size` where `do_center_crop` holds.
  public var centerCrop: Crop?
  /// `rescale_factor` where `do_rescale` holds.
  public var rescaleFactor: Double?
  /// `image_mean` and `image_std` where `do_normalize` holds.
  public var normalization: Normalization?

  /// A configuration; the defaults are `ViTImageProcessor`'s.
  public init(
    size: Size? = .exact(height: 224, width: 224), filter: ResampleFilter = .bilinear,
    centerCrop: Crop? = nil, rescaleFactor: Double? = 1 / 255,
    normalization: Normalization? = Normalization(
      mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5])
  ) {
    self.size = size
    self.filter = filter
    self.centerCrop = centerCrop
    self.rescaleFactor = rescaleFactor
    self.normalization = normalization
  }

  /// Longest side that a configuration may ask for, in pixels.
  public static let sideLimit = 13_377

  /// Rows and columns of every image's pixels; nil where they depend on the image.
  public var outputSize: Crop? {
    if let centerCrop { return centerCrop }
    guard case .exact(let height, let width) = size else { return nil }
    return Crop(height: height, width: width)
  }
}
