import Foundation

/// Where a command that writes a model puts it: a `.onnx` file, or a folder for `model.onnx` and the
/// files beside it.
struct OutputLocation {
  /// Path of the `.onnx` file.
  let model: String
  /// The folder, where a folder was asked for.
  let folder: String?

  /// A file where `argument` ends in `.onnx`; else a folder, made where it is missing.
  init(_ argument: String) throws(CommandError) {
    if URL(filePath: argument).pathExtension.lowercased() == "onnx" {
      model = argument
      folder = nil
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: argument, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(argument): can't make the folder: \(error.localizedDescription)")
    }
    folder = argument
    model = URL(filePath: argument).appending(path: "model.onnx").path(percentEncoded: false)
  }

  /// Writes `data` as `name` into the folder.
  ///
  /// - Precondition: A folder was asked for.
  func write(_ data: Data, as name: String) throws(CommandError) {
    let url = URL(filePath: folder ?? ".").appending(path: name)
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw CommandError(
        "\(url.path(percentEncoded: false)): can't be written: \(error.localizedDescription)")
    }
  }
}
