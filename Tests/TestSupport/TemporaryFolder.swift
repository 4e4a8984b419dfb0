import Foundation

/// A new, empty folder that is removed, with what lies in it, when the object goes.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let url: URL

  /// Makes the folder.
  ///
  /// - Throws: The file system's error.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "vitq-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of `name` within the folder.
  public func path(_ name: String) -> String {
    url.appending(path: name).path(percentEncoded: false)
  }

  /// Writes `bytes` as `name` and returns the path.
  ///
  /// - Throws: The file system's error.
  @discardableResult
  public func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }
}
