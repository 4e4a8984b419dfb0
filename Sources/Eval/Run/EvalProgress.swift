/// What an evaluation is doing.
public enum EvalProgress: Sendable, Equatable {
  /// Images that are done, those passed over among them.
  case evaluating(done: Int, of: Int)
  /// An image that is passed over, and why, in one line.
  case skipped(String)
}
