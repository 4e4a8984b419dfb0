import Foundation

/// The small trained model that comes with the sources.
enum EmbeddedModel {
  /// Its folder, `vit-fashion` in the first of: `$VITQ_FIXTURES`, `./fixtures`, and `fixtures` in
  /// the folders above the program.
  static func folder() throws(CommandError) -> String {
    let name = "vit-fashion"
    let candidates = roots().map { $0.appending(path: name) }
    let found = candidates.first {
      FileManager.default.fileExists(atPath: $0.appending(path: "model.onnx").path)
    }
    guard let found else {
      throw CommandError(
        "the embedded model (fixtures/\(name)) was not found: run vitq in the repository, set "
          + "VITQ_FIXTURES to its folder fixtures, or name a MODEL")
    }
    return found.path(percentEncoded: false)
  }

  private static func roots() -> [URL] {
    if let forced = ProcessInfo.processInfo.environment["VITQ_FIXTURES"] {
      return [URL(filePath: forced)]
    }
    var roots = [URL(filePath: "fixtures")]
    var folder = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]))
      .resolvingSymlinksInPath().deletingLastPathComponent()
    // .build/<triple>/release/vitq lies three folders below the repository.
    for _ in 0..<4 {
      roots.append(folder.appending(path: "fixtures"))
      folder.deleteLastPathComponent()
    }
    return roots
  }
}
