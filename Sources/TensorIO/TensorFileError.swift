/// Why a file of tensors can't be read or written.
public struct TensorFileError: Error, Sendable, Equatable {
  /// The file or folder.
  public let file: String
  /// What is wrong, and what to do about it where that is known.
  public let reason: String

  /// An error in `file`.
  public init(file: String, reason: String) {
    self.file = file
    self.reason = reason
  }
}

extension TensorFileError: CustomStringConvertible {
  /// One line: file and reason.
  public var description: String { "\(file): \(reason)" }
}
