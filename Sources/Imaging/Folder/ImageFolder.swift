import Foundation

/// Labelled images on disk: a folder for each label, PNG files in it.
public struct ImageFolder: Sendable {
  /// An image file and its class.
  public struct Entry: Sendable, Equatable {
    /// The file.
    public let path: String
    /// Id of the class; -1 where images have no labels.
    public let label: Int
  }

  /// The folder.
  public let path: String
  /// The images, by folder name and then by file name.
  public let entries: [Entry]
  /// False where the images lie side by side, in no folder of a label.
  public let isLabelled: Bool

  /// What torchvision's `ImageFolder` takes for images.
  private static let imageExtensions: Set = [
    "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp",
  ]

  /// Lists the images under `path`; nothing is decoded yet.
  ///
  /// Hidden files, files beside the label folders and files without the extension of an image are
  /// left out.
  ///
  /// - Throws: ``ImageError`` where `path` can't be listed, has no image, has a folder that
  ///   `labels` does not know, or has an image that is not called `.png`, or a folder, in a label's
  ///   folder.
  public init(path: String, labels: ClassLabels) throws(ImageError) {
    self.path = path
    var entries: [Entry] = []
    for folder in try list(path) where isFolder(path + "/" + folder) {
      guard let label = labels.id(of: folder) else {
        let nearest = labels.nearest(to: folder).map { "\"\($0)\"" }.joined(separator: ", ")
        throw ImageError(
          .layout(
            "\"\(folder)\" is no label or id of the model's \(labels.names.count) classes"
              + (nearest.isEmpty ? "" : "; nearest are \(nearest)")),
          file: path)
      }
      for name in try list(path + "/" + folder) {
        let file = "\(path)/\(folder)/\(name)"
        // Passing over images would measure something else than was asked for.
        guard !isFolder(file) else {
          throw ImageError(
            .layout("a folder in a label's folder; images are not sought there"), file: file)
        }
        if try Self.isImage(file) { entries.append(Entry(path: file, label: label)) }
      }
    }
    guard !entries.isEmpty else {
      throw ImageError(
        .layout("no images; it should have a folder for each label, with PNG files"), file: path)
    }
    self.entries = entries
    isLabelled = true
  }

  /// Lists the images that lie in `path` itself, by file name, as images without labels.
  ///
  /// - Throws: ``ImageError`` where `path` can't be listed, or has no image or one that is not called
  ///   `.png`.
  public init(unlabelled path: String) throws(ImageError) {
    self.path = path
    var entries: [Entry] = []
    for name in try list(path) where !isFolder(path + "/" + name) {
      let file = path + "/" + name
      if try Self.isImage(file) { entries.append(Entry(path: file, label: -1)) }
    }
    guard !entries.isEmpty else { throw ImageError(.layout("no PNG files in it"), file: path) }
    self.entries = entries
    isLabelled = false
  }

  private init(path: String, entries: [Entry], isLabelled: Bool) {
    self.path = path
    self.entries = entries
    self.isLabelled = isLabelled
  }

  /// The same folder with only the images at `positions` among its entries.
  public func keeping(_ positions: [Int]) -> ImageFolder {
    ImageFolder(path: path, entries: positions.map { entries[$0] }, isLabelled: isLabelled)
  }

  /// True where there are folders in `path`, which may be those of labels.
  public static func hasFolders(_ path: String) throws(ImageError) -> Bool {
    try list(path).contains { isFolder(path + "/" + $0) }
  }

  /// True for a PNG file, false for what is no image.
  private static func isImage(_ file: String) throws(ImageError) -> Bool {
    let suffix = URL(filePath: file).pathExtension.lowercased()
    guard imageExtensions.contains(suffix) else { return false }
    guard suffix == "png" else {
      throw ImageError(.layout("a .\(suffix) file; only .png can be read"), file: file)
    }
    return true
  }
}

private func list(_ path: String) throws(ImageError) -> [String] {
  guard access(path, R_OK | X_OK) == 0 else {
    throw ImageError(.unreadable(String(cString: strerror(errno))), file: path)
  }
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { !$0.hasPrefix(".") }.sorted()
  } catch {
    throw ImageError(.unreadable("not a folder"), file: path)
  }
}

private func isFolder(_ path: String) -> Bool {
  var isDirectory: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    && isDirectory.boolValue
}
