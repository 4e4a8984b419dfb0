/// Attributes of RotaryEmbedding, in ONNX's form and in com.microsoft's.
public struct RotaryParameters: Sendable, Hashable {
  /// Heads of an operand of three dimensions; nil where the table's width gives them.
  public var heads: Int?
  /// Elements of a head that are turned; nil for all.
  public var rotated: Int?
  /// Pairs are neighbours, instead of one element of each half.
  public var interleaved: Bool

  /// Attributes; ONNX's defaults.
  public init(heads: Int? = nil, rotated: Int? = nil, interleaved: Bool = false) {
    self.heads = heads
    self.rotated = rotated
    self.interleaved = interleaved
  }
}

/// Sizes of a rotary embedding, and how its operand is laid out.
public struct RotaryShape: Sendable, Hashable {
  /// Images.
  public let batch: Int
  /// Heads of an image.
  public let heads: Int
  /// Tokens of an image.
  public let rows: Int
  /// Elements of a head.
  public let headSize: Int
  /// Elements of a head that are turned, from the first on: even.
  public let rotated: Int
  /// Pairs are neighbours, instead of one element of each half.
  public let interleaved: Bool
  /// The operand is [batch, heads, rows, headSize] instead of [batch, rows, heads * headSize].
  public let headsFirst: Bool

  /// The sizes for an operand of shape `x`, tables of shapes `cosines` and `sines`, and positions of
  /// shape `positions`, where there are any.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where these do not fit together.
  public init(
    _ parameters: RotaryParameters, x: [Int], cosines: [Int], sines: [Int], positions: [Int]?
  ) throws(KernelError) {
    let half = cosines.last ?? 0
    guard x.count == 4 || x.count == 3, cosines == sines, half > 0 else {
      throw .invalid("RotaryEmbedding of \(x) with tables \(cosines) and \(sines)")
    }
    headsFirst = x.count == 4
    let width = x[x.count - 1]
    heads = headsFirst ? x[1] : parameters.heads ?? width / (2 * half)
    guard heads > 0, headsFirst || width % heads == 0 else {
      throw .invalid("RotaryEmbedding of \(x) with \(heads) heads")
    }
    (batch, rows, headSize) = (x[0], x[x.count - 2], headsFirst ? width : width / heads)
    interleaved = parameters.interleaved
    rotated = parameters.rotated ?? headSize
    guard rotated == 2 * half, rotated <= headSize else {
      throw .invalid("RotaryEmbedding of \(rotated) of \(headSize) elements, tables \(cosines)")
    }
    let isTable = positions == nil ? cosines.dropLast() == [batch, rows] : cosines.count == 2
    guard isTable, positions == nil || positions == [1] || positions == [batch, rows] else {
      throw .invalid(
        "RotaryEmbedding of \(x) with tables \(cosines) at positions \(positions ?? [])")
    }
  }

  /// Checks that each token's position is within tables of `entries` elements.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` with the position that is not.
  func check(_ positions: Tensor?, entries: Int) throws(KernelError) {
    let places = entries / (rotated / 2)
    guard let positions else {
      return try require(places == batch * rows, "\(places) angles for \(batch * rows) tokens")
    }
    try require(
      positions.elementType == .int64 && (positions.count == 1 || positions.count == batch * rows),
      "positions \(positions.shape) of \(positions.elementType)")
    // A single one is that of the first token.
    let room = positions.count == batch * rows ? 1 : rows
    for position in positions.buffer(of: Int64.self) {
      try require(
        position >= 0 && Int(position) <= places - room, "position \(position) of \(places)")
    }
  }

  /// Where in the tables the angles of each token are; the positions must have been checked.
  func place(of token: Int, _ positions: [Int]?) -> Int {
    guard let positions else { return token }
    return positions.count == batch * rows ? positions[token] : positions[0] + token % rows
  }
}
