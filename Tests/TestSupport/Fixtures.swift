import Foundation

/// Where the repository's fixtures lie, found from the place of this source file.
public enum Fixtures {
  /// The folder `fixtures`.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "fixtures")

  /// The path of `name` within the folder.
  public static func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }
}
