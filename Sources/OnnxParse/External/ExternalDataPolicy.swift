/// Where a model's weights are written.
public enum ExternalDataPolicy: Sendable {
  /// Into the model's own file, which may be of 2 GiB.
  case never
  /// Beside it where they would not fit.
  case automatic
  /// Beside it.
  case always

  /// A file of weights that lie inside has to leave room for the rest of the model.
  private static let inlineLimit = messageSizeLimit - 64 << 20

  /// True where the weights of `model` are to be beside it.
  func isExternal(_ model: Model) -> Bool {
    switch self {
    case .never: return false
    case .always: return true
    case .automatic:
      let bytes = model.graph.initializers.reduce(0) { sum, tensor in
        guard case .raw(let bytes) = tensor.payload else { return sum }
        return sum + bytes.count
      }
      return bytes > Self.inlineLimit
    }
  }
}
