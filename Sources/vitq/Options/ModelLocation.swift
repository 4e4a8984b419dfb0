import Foundation
import Imaging

/// The files that a MODEL argument stands for.
struct ModelLocation {
  /// Path of the `.onnx` file.
  let model: String

  /// The file, or `model.onnx` in the folder, at `argument`.
  init(_ argument: String) throws(CommandError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
      throw CommandError("\(argument): no such file or folder")
    }
    guard isFolder.boolValue else {
      model = argument
      return
    }
    let inside = URL(filePath: argument).appending(path: "model.onnx").path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: inside) else {
      throw CommandError("\(argument): the folder has no model.onnx")
    }
    model = inside
  }

  /// The folder that the model lies in.
  var folder: String {
    URL(filePath: model).deletingLastPathComponent().path(percentEncoded: false)
  }

  /// A short name: the file's, or its folder's where the file is called `model.onnx`.
  var name: String {
    let file = URL(filePath: model).standardizedFileURL
    return file.lastPathComponent == "model.onnx"
      ? file.deletingLastPathComponent().lastPathComponent
      : file.deletingPathExtension().lastPathComponent
  }

  /// The file of the labels; nil where there is no such file.
  var configuration: String? { companion(Self.configurationName) }

  /// The labels; nil where there is no file of them.
  func labels() throws(ImageError) -> ClassLabels? {
    guard let configuration else { return nil }
    return try ClassLabels.load(path: configuration)
  }

  /// How images become pixels; nil where there is no such file.
  var preprocessor: String? { companion(Self.preprocessorName) }

  static let configurationName = "config.json"
  static let preprocessorName = "preprocessor_config.json"

  private func companion(_ name: String) -> String? {
    let path = URL(filePath: folder).appending(path: name).path(percentEncoded: false)
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
