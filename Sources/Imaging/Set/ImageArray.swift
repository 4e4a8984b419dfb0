/// 8-bit images of one size in memory: [images, rows, columns], grey, or [images, rows, columns, 3].
public struct ImageArray: Sendable {
  private let width: Int
  private let height: Int
  private let channels: Int
  private let samples: ArraySlice<UInt8>

  /// The images in `samples`, row-major, of `shape`.
  ///
  /// - Throws: ``ImageError`` where the shape is none of the two, or there are not as many samples.
  public init(_ samples: ArraySlice<UInt8>, shape: [Int]) throws(ImageError) {
    guard shape.count == 3 || shape.count == 4 && shape[3] == 3, shape.allSatisfy({ $0 >= 1 }),
      shape[1] <= RGBImage.pixelLimit / shape[2]
    else {
      throw ImageError(
        .unsupported(
          "images of shape \(shape); it should be [images, rows, columns, 3] or "
            + "[images, rows, columns], and not empty"))
    }
    let (count, overflow) = (shape[1] * shape[2] * (shape.count == 4 ? 3 : 1))
      .multipliedReportingOverflow(by: shape[0])
    guard !overflow, count == samples.count else {
      throw ImageError(.malformed("\(samples.count) samples for images of shape \(shape)"))
    }
    height = shape[1]
    width = shape[2]
    channels = shape.count == 4 ? 3 : 1
    self.samples = samples
  }

  /// Number of images.
  public var count: Int { samples.count / imageBytes }

  /// Samples of an image.
  var imageBytes: Int { width * height * channels }

  /// The samples of the image at `position`.
  func samples(_ position: Int) -> ArraySlice<UInt8> {
    samples.dropFirst(position * imageBytes).prefix(imageBytes)
  }

  /// The image of these samples; grey is repeated.
  func image(_ samples: [UInt8]) -> RGBImage {
    let colours = channels == 3 ? samples : samples.flatMap { [$0, $0, $0] }
    return RGBImage(width: width, height: height, samples: colours)
  }
}

extension ImageSet {
  /// The images of `array`, which was read from `path`, by their positions.
  ///
  /// - Parameters:
  ///   - key: Name of the array, for the names of the images.
  ///   - ids: The class of each image; nil where they have no labels.
  /// - Throws: ``ImageError`` where there are not as many labels as images.
  public init(
    _ array: ImageArray, key: String, ids: [Int]?, labels: ClassLabels?, path: String
  ) throws(ImageError) {
    if let ids, ids.count != array.count {
      throw ImageError(
        .malformed("\(ids.count) labels for \(array.count) images"), file: path)
    }
    let entries = (0..<array.count).map { position in
      let name = "\(key)[\(position)]"
      guard let id = ids?[position] else {
        return Entry(name: name, content: .element(position), label: nil)
      }
      let isKnown = id >= 0 && labels.map { id < $0.names.count } ?? true
      let fault = ImageError(
        .layout(
          "\(name): label \(id) is no id of a class"
            + (labels.map { "; the model has 0 to \($0.names.count - 1)" } ?? "")),
        file: path)
      return Entry(
        name: name, content: .element(position), label: isKnown ? id : nil,
        fault: isKnown ? nil : fault)
    }
    self.init(path: path, entries: entries, isLabelled: ids != nil, array: array)
  }
}
