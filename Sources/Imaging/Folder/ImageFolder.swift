import Foundation

/// Labelled images on disk: a folder for each label, PNG files in it.
public struct ImageFolder: Sendable {
  /// An image file and its class.
  public struct Entry: Sendable, Equatable {
    /// The file.
    public let path: String
    /// Id of the class.
    public let label: Int
  }

  /// The folder.
  public let path: String
  /// The images, by folder name and then by file name.
  public let entries: [Entry]

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
        let suffix = URL(filePath: name).pathExtension.lowercased()
        guard Self.imageExtensions.contains(suffix) else { continue }
        guard suffix == "png" else {
          throw ImageError(.layout("a .\(suffix) file; only .png can be read"), file: file)
        }
        entries.append(Entry(path: file, label: label))
      }
    }
    guard !entries.isEmpty else {
      throw ImageError(
        .layout("no images; it should have a folder for each label, with PNG files"), file: path)
    }
    self.entries = entries
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
