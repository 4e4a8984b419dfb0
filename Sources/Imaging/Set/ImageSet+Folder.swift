import Foundation

extension ImageSet {
  /// What torchvision's `ImageFolder` takes for images.
  private static let imageExtensions: Set = [
    "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp",
  ]

  /// Lists the images under the folder `path`, which has a folder for each label.
  ///
  /// By folder name and then by file name. Hidden files, files beside the label folders and files
  /// without the extension of an image are left out, and counted unless they are hidden. Images in a
  /// folder that `labels` does not know have a fault, and so have folders that are called as images are.
  ///
  /// - Throws: ``ImageError`` where `path` can't be listed, has no image, has a folder whose name is not
  ///   UTF-8, or has a folder in a label's folder.
  public init(folder path: String, labels: ClassLabels) throws(ImageError) {
    var entries: [Entry] = []
    var passedOver = 0
    for folder in try list(path) {
      guard isFolder(path + "/" + folder) else {
        try requireUTF8(folder, in: path)
        passedOver += 1
        continue
      }
      let label = labels.id(of: folder)
      let fault = label == nil ? labels.fault(folder, file: path) : nil
      for name in try list(path + "/" + folder) {
        let file = "\(path)/\(folder)/\(name)"
        guard Self.isImage(name) else {
          // Passing over images would measure something else than was asked for.
          if isFolder(file) { throw fault ?? Self.isInnerFolder(file) }
          passedOver += 1
          continue
        }
        entries.append(
          Entry(
            name: "\(folder)/\(name)", content: .file(file), label: label,
            fault: fault ?? (isFolder(file) ? Self.isInnerFolder(file) : nil)))
      }
    }
    guard !entries.isEmpty else {
      throw ImageError(
        .layout("no images; it should have a folder for each label, with images"), file: path)
    }
    self.init(
      path: path, entries: entries, isLabelled: true, isNamedByLabel: true, passedOver: passedOver)
  }

  private static func isInnerFolder(_ path: String) -> ImageError {
    ImageError(.layout("a folder in a label's folder; images are not sought there"), file: path)
  }

  /// Lists the images that lie in the folder `path` itself, by file name, as images without labels.
  ///
  /// - Throws: ``ImageError`` where `path` can't be listed or has no image.
  public init(unlabelledFolder path: String) throws(ImageError) {
    let all = try list(path)
    let names = all.filter { Self.isImage($0) && !isFolder(path + "/" + $0) }
    guard !names.isEmpty else { throw ImageError(.layout("no images in it"), file: path) }
    self.init(
      path: path,
      entries: names.map { Entry(name: $0, content: .file("\(path)/\($0)"), label: nil) },
      isLabelled: false, passedOver: all.count - names.count)
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
  ///
  /// - Parameter namesNearest: Whether the nearest names are looked for, which takes time where many labels
  ///   are wrong.
  func fault(_ name: String, file: String, namesNearest: Bool = true) -> ImageError {
    let ids = ids(called: name).map { "\($0)" }
    if ids.count > 1 {
      return ImageError(
        .layout(
          "\"\(name)\" is the name of the classes \(ids.joined(separator: ", ")); give the id instead"
        ),
        file: file)
    }
    let nearest = (namesNearest ? nearest(to: name) : []).map { "\"\($0)\"" }
      .joined(separator: ", ")
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

/// A folder whose name is not UTF-8 is listed by a repaired one, under which there is nothing.
private func requireUTF8(_ name: String, in folder: String) throws(ImageError) {
  guard name.contains("\u{FFFD}"), access(folder + "/" + name, F_OK) != 0 else { return }
  throw ImageError(.unreadable("its name is not UTF-8"), file: folder + "/" + name)
}

private func isFolder(_ path: String) -> Bool {
  var isDirectory: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    && isDirectory.boolValue
}
