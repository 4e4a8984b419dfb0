import Foundation

extension ImageSet {
  /// What torchvision's `ImageFolder` takes for images.
  private static let imageExtensions: Set = [
    "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp",
  ]

  /// Lists the images under the folder `path`, which has a folder for each label.
  ///
  /// By folder name and then by file name. Hidden files, files beside the label folders and files
  /// without the extension of an image are left out. Images in a folder that `labels` does not know have
  /// a fault.
  ///
  /// - Throws: ``ImageError`` where `path` can't be listed, has no image, or has a folder in a label's
  ///   folder.
  public init(folder path: String, labels: ClassLabels) throws(ImageError) {
    var entries: [Entry] = []
    for folder in try list(path) where isFolder(path + "/" + folder) {
      let label = labels.id(of: folder)
      let fault = label == nil ? labels.fault(folder, file: path) : nil
      for name in try list(path + "/" + folder) {
        let file = "\(path)/\(folder)/\(name)"
        // Passing over images would measure something else than was asked for.
        guard !isFolder(file) else {
          throw fault
            ?? ImageError(
              .layout("a folder in a label's folder; images are not sought there"), file: file)
        }
        if Self.isImage(name) {
          entries.append(
            Entry(name: "\(folder)/\(name)", content: .file(file), label: label, fault: fault))
        }
      }
    }
    guard !entries.isEmpty else {
      throw ImageError(
        .layout("no images; it should have a folder for each label, with images"), file: path)
    }
    self.init(path: path, entries: entries, isLabelled: true, isNamedByLabel: true)
  }

  /// Lists the images that lie in the folder `path` itself, by file name, as images without labels.
  ///
  /// - Throws: ``ImageError`` where `path` can't be listed or has no image.
  public init(unlabelledFolder path: String) throws(ImageError) {
    let names = try list(path).filter { Self.isImage($0) && !isFolder(path + "/" + $0) }
    guard !names.isEmpty else { throw ImageError(.layout("no images in it"), file: path) }
    self.init(
      path: path,
      entries: names.map { Entry(name: $0, content: .file("\(path)/\($0)"), label: nil) },
      isLabelled: false)
  }

  /// True where there are folders in `path`, which may be those of labels.
  public static func hasFolders(_ path: String) throws(ImageError) -> Bool {
    try list(path).contains { isFolder(path + "/" + $0) }
  }

  /// True for a file that is called as an image is; what it holds is seen when it is read.
  private static func isImage(_ name: String) -> Bool {
    imageExtensions.contains(URL(filePath: name).pathExtension.lowercased())
  }
}

extension ClassLabels {
  /// What is wrong with the label `name`, which is none of these, in `file`.
  func fault(_ name: String, file: String) -> ImageError {
    let nearest = nearest(to: name).map { "\"\($0)\"" }.joined(separator: ", ")
    let isSplit = ["train", "training", "val", "validation", "test"].contains(name.lowercased())
    return ImageError(
      .layout(
        "\"\(name)\" is no label or id of the model's \(names.count) classes"
          + (nearest.isEmpty ? "" : "; nearest are \(nearest)")
          + (isSplit ? "; if it is a split, give its folder" : "")),
      file: file)
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
