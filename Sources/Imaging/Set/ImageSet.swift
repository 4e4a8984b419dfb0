/// Images in order, with a class each where they have labels: of a folder, a list or an array.
///
/// Nothing is decoded before it is asked for.
public struct ImageSet: Sendable {
  /// Where an image comes from.
  public enum Content: Sendable, Equatable {
    /// The file at this path.
    case file(String)
    /// The image at this position of the array.
    case element(Int)
  }

  /// An image, and what is known of it before it is read.
  public struct Entry: Sendable, Equatable {
    /// Its name within the set, the same on every machine: `dog/1.png`, a path as a list has it.
    public let name: String
    /// Where it is.
    public let content: Content
    /// Id of its class; nil where it has no label, or one that the model does not know.
    public let label: Int?
    /// Why the image can't be used, where that is known already: its label is none of the model's.
    public let fault: ImageError?

    init(name: String, content: Content, label: Int?, fault: ImageError? = nil) {
      self.name = name
      self.content = content
      self.label = label
      self.fault = fault
    }
  }

  /// The folder or file that the set was made of.
  public let path: String
  /// The images.
  public let entries: [Entry]
  /// Whether the images have labels.
  public let isLabelled: Bool
  /// Whether the names say which label an image has.
  public let isNamedByLabel: Bool
  /// Files in the folders that are not called as images are, and so are no part of the set.
  public let passedOver: Int
  /// Whether pictures are turned upright, see ``RGBImage/init(decoding:file:appliesOrientation:)``.
  public var appliesOrientation = false
  private let array: ImageArray?

  init(
    path: String, entries: [Entry], isLabelled: Bool, isNamedByLabel: Bool = false,
    passedOver: Int = 0, array: ImageArray? = nil
  ) {
    self.path = path
    self.entries = entries
    self.isLabelled = isLabelled
    self.isNamedByLabel = isNamedByLabel
    self.passedOver = passedOver
    self.array = array
  }

  /// The same set with only the images at `positions`.
  public func keeping(_ positions: [Int]) -> ImageSet {
    var set = ImageSet(
      path: path, entries: positions.map { entries[$0] }, isLabelled: isLabelled,
      isNamedByLabel: isNamedByLabel, passedOver: passedOver, array: array)
    set.appliesOrientation = appliesOrientation
    return set
  }

  /// Throws the first fault that is known of an image.
  ///
  /// - Throws: ``ImageError``.
  public func check() throws(ImageError) {
    if let fault = entries.lazy.compactMap(\.fault).first { throw fault }
  }

  /// The same set without the images that can't be used, each of which is reported. All are decoded to
  /// find them.
  public func usable(_ report: (ImageError) -> Void) -> ImageSet {
    keeping(
      entries.indices.filter { index in
        do throws(ImageError) {
          if let fault = entries[index].fault { throw fault }
          _ = try image(index)
          return true
        } catch {
          report(error)
          return false
        }
      })
  }

  /// The image at `index`.
  ///
  /// - Throws: ``ImageError`` where it can't be read or is no image.
  public func image(_ index: Int) throws(ImageError) -> RGBImage {
    try image(index, decoding: content(index))
  }

  /// The bytes of the image at `index`: a whole file, or samples of the array.
  ///
  /// - Throws: ``ImageError`` where the file can't be read.
  public func content(_ index: Int) throws(ImageError) -> [UInt8] {
    switch entries[index].content {
    case .file(let path): try RGBImage.content(path)
    case .element(let position): array.map { Array($0.samples(position)) } ?? []
    }
  }

  /// The image at `index`, whose ``content(_:)`` is `bytes`.
  ///
  /// - Throws: ``ImageError`` where they are no image.
  public func image(_ index: Int, decoding bytes: [UInt8]) throws(ImageError) -> RGBImage {
    guard case .element = entries[index].content, let array else {
      return try RGBImage(
        decoding: bytes, file: place(of: index), appliesOrientation: appliesOrientation)
    }
    return array.image(bytes)
  }

  /// Where the image at `index` is, for messages.
  public func place(of index: Int) -> String {
    if case .file(let path) = entries[index].content { return path }
    return "\(path): \(entries[index].name)"
  }

  /// Bytes of the image at `index`, in its file or in the array; 0 where there is no such file.
  public func byteCount(_ index: Int) -> Int {
    switch entries[index].content {
    case .file(let path): File.byteCount(path)
    case .element: array?.imageBytes ?? 0
    }
  }
}
