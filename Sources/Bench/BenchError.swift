/// Why a benchmark can't be run or its report not be written.
public enum BenchError: Error, Sendable, Equatable {
  /// The model, the options and the images do not go together.
  case invalid(String)
  /// A file can't be read: the file and the system's own words.
  case unreadable(file: String, why: String)
  /// A report can't be written: the file and the system's own words.
  case unwritable(file: String, why: String)
}

extension BenchError: CustomStringConvertible {
  /// The fault in words.
  public var description: String {
    switch self {
    case .invalid(let why): why
    case .unreadable(let file, let why): "\(file): can't be read: \(why)"
    case .unwritable(let file, let why): "\(file): can't be written: \(why)"
    }
  }
}
