import Imaging

/// The images that a study runs over.
enum StudyImages {
  /// The images in `path`: one folder per label of `model`, or side by side without labels.
  static func folder(_ path: String, for model: ModelLocation) throws -> ImageFolder {
    guard try ImageFolder.hasFolders(path) else { return try ImageFolder(unlabelled: path) }
    guard let configuration = model.configuration else {
      throw CommandError(
        "\(model.folder): \(ModelLocation.configurationName) is missing, so the labels of the "
          + "images are not known")
    }
    return try ImageFolder(path: path, labels: .load(path: configuration))
  }
}
