import Foundation

enum File {
  /// The content of the file at `path`; the error carries the system's words.
  static func read(_ path: String) throws(ImageError) -> [UInt8] {
    guard access(path, R_OK) == 0 else {
      throw ImageError(.unreadable(String(cString: strerror(errno))), file: path)
    }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw ImageError(.unreadable("not a regular file"), file: path)
    }
  }

  /// Bytes of the file at `path`; 0 where there is none.
  static func byteCount(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
