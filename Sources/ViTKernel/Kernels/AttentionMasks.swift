/// What ONNX's Attention adds to its scores.
public struct AttentionBias: Sendable, Hashable {
  /// Images.
  public var batch: Int
  /// Rows of Q.
  public var queryRows: Int
  /// Rows of K, those of a cache included.
  public var keyRows: Int
  /// Keys before the first query's own: the rows of the cache.
  public var pastRows: Int
  /// A query sees no key after its own.
  public var isCausal: Bool
  /// How many keys before its own a query sees; nil for all.
  public var leftWindow: Int?
  /// How many keys after its own a query sees; nil for all.
  public var rightWindow: Int?

  /// By default, every query sees every key.
  public init(
    batch: Int, queryRows: Int, keyRows: Int, pastRows: Int = 0, isCausal: Bool = false,
    leftWindow: Int? = nil, rightWindow: Int? = nil
  ) {
    self.batch = batch
    self.queryRows = queryRows
    self.keyRows = keyRows
    self.pastRows = pastRows
    self.isCausal = isCausal
    self.leftWindow = leftWindow
    self.rightWindow = rightWindow
  }

  /// True where what a key is given depends on the query.
  var differsByRow: Bool { isCausal || leftWindow != nil || rightWindow != nil }

  /// True where the query of row `query` sees the key of row `key`; the query's own is the one
  /// `offset` rows later.
  func sees(_ query: Int, _ key: Int, offset: Int) -> Bool {
    let distance = key - (query + offset)
    return (!isCausal || distance <= 0) && leftWindow.map({ -distance <= $0 }) ?? true
      && rightWindow.map({ distance <= $0 }) ?? true
  }
}

/// What com.microsoft's Attention and MultiHeadAttention add to their scores for keys that are padding,
/// or that come after the query.
public struct PaddingBias: Sendable, Hashable {
  /// Images.
  public var batch: Int
  /// Rows of Q.
  public var queryRows: Int
  /// Rows of K, those of a cache included.
  public var keyRows: Int
  /// Keys before the first query's own: the rows of the cache.
  public var pastRows: Int
  /// A query sees no key after its own; but the last one sees all, as in ONNX Runtime.
  public var isCausal: Bool
  /// What padding is given.
  public var filter: Float

  /// By default, padding is given -10,000.
  public init(
    batch: Int, queryRows: Int, keyRows: Int, pastRows: Int = 0, isCausal: Bool = false,
    filter: Float = -10_000
  ) {
    self.batch = batch
    self.queryRows = queryRows
    self.keyRows = keyRows
    self.pastRows = pastRows
    self.isCausal = isCausal
    self.filter = filter
  }

  /// How a mask says which keys are padding.
  enum Form {
    /// 0 for padding: [batch, keyRows].
    case keys
    /// 0 for padding: [batch, queryRows, keyRows].
    case scores
    /// The keys of each image before its padding: [batch].
    case ends
    /// Those, and then how many before them are padding: [2 * batch].
    case endsAndStarts
  }

  /// The form of a mask of shape `mask`.
  ///
  /// - Throws: ``KernelError`` where there is none.
  func form(_ mask: [Int]) throws(KernelError) -> Form {
    if mask == [batch, keyRows] { return .keys }
    if mask == [batch, queryRows, keyRows] { return .scores }
    if mask == [batch] { return .ends }
    if mask == [2 * batch] { return .endsAndStarts }
    throw .unsupported(
      "a mask of shape \(mask) for \(batch) images of \(queryRows) queries and \(keyRows) keys")
  }
}

/// What ONNX's Attention gives of its scores as its last result: `qk_matmul_output_mode`.
public enum AttentionScores: Int, Sendable, Hashable {
  /// Products of Q and K, scaled.
  case products
  /// Those after the soft cap.
  case capped
  /// Those and the mask.
  case masked
  /// What V is weighted by.
  case weights
}
