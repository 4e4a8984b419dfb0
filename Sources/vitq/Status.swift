/// Exit statuses beyond success and wrong usage.
enum Status {
  /// The command ran, and its answer is no.
  static let negative: Int32 = 1
  /// A file or value that the command was given is no good.
  static let badInput: Int32 = 2
}

/// Bad input that no library below has an error for.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
