/// What is wrong with an image, a processor configuration or a folder of images, and where.
public struct ImageError: Error, Sendable, Equatable {
  /// The kinds of fault, each with what a person needs to know of it.
  public enum Kind: Sendable, Equatable {
    /// The file can't be opened or read; the system's own words.
    case unreadable(String)
    /// The content is not what its format says.
    case malformed(String)
    /// Well-formed, but refused or not known here.
    case unsupported(String)
    /// A folder of images that is not laid out as one folder for each label.
    case layout(String)
  }

  /// What went wrong.
  public let kind: Kind
  /// The file or folder, where one is known.
  public var file: String?

  /// An error of `kind` in `file`.
  public init(_ kind: Kind, file: String? = nil) {
    self.kind = kind
    self.file = file
  }
}

extension ImageError: CustomStringConvertible {
  /// What went wrong, without the file.
  public var fault: String {
    switch kind {
    case .unreadable(let why): "can't be read: \(why)"
    case .malformed(let why): why
    case .unsupported(let what): "unsupported: \(what)"
    case .layout(let why): why
    }
  }

  /// One line: file and fault.
  public var description: String {
    [file, fault].compactMap { $0 }.joined(separator: ": ")
  }
}
