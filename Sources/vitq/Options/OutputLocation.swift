import Foundation
import OnnxParse

/// Where a command that writes a model puts it: a `.onnx` file, or a folder for `model.onnx` and the
/// files beside it.
struct OutputLocation {
  /// Path of the `.onnx` file.
  let model: String
  /// The folder, where a folder was asked for.
  let folder: String?

  /// As ``init(_:)``, for a model that is made of the one at `source`, which must not be replaced.
  init(_ argument: String, keeping source: ModelLocation) throws(CommandError) {
    try self.init(argument)
    guard !isSameFile(model, source.model) else {
      throw CommandError(
        "\(model): is the model that is read and would be replaced; give another <out>")
    }
  }

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
      try WholeFile.write(Array(data), to: url.path(percentEncoded: false))
    } catch {
      throw CommandError("\(error)")
    }
  }
}

/// Whether two paths lead to one file or folder, through links as well.
func isSameFile(_ first: String, _ second: String) -> Bool {
  var (a, b) = (stat(), stat())
  guard stat(first, &a) == 0, stat(second, &b) == 0 else { return false }
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino
}
